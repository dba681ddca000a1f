from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from zhijian.knowledge import queries
from zhijian.knowledge.enums import TermSeverity
from zhijian.knowledge.rules import WRITERS
from zhijian.knowledge.views.parts import ALLOWED, LIST, RULES, figures_url, severity_badge, tabs
from zhijian.lib.errors import Missing
from zhijian.screening import Category

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.screening import Rule

PAGE: Final = 50
LONGEST_QUERY: Final = 80
SHOWN_FORMS: Final = 60


def told(rule: Rule) -> str:
    """Return the message of a rule as a reader meets it outside a text."""
    parts = {"{found}": "（原文）", "{right}": "（规范写法）", "{note}": "（具体情况）"}
    message = rule.message
    for mark, words in parts.items():
        message = message.replace(f"（{mark}）", words).replace(mark, words)
    return message


@require_GET
@login_required
def rule_list(request: StaffRequest) -> HttpResponseBase:
    """Browse the rules that come with the product: by words, category and severity."""
    asked = {name: request.GET.get(name, "")[:LONGEST_QUERY].strip() for name in ("q", "category", "severity")}
    if asked["category"] not in set(Category):
        asked["category"] = ""
    if asked["severity"] not in TermSeverity.values:
        asked["severity"] = ""
    found = queries.shipped_rules(text=asked["q"], category=asked["category"], severity=asked["severity"])
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "内置规则", "tabs": tabs("rules"), "breadcrumbs": [], "asked": asked, "total": len(found),
        "page": page,
        "rows": [(rule, severity_badge(rule.severity), "、".join(rule.wrong[:3]), told(rule)) for rule in page],
        "categories": [(one.value, one.label) for one in Category], "severities": TermSeverity.choices,
        "query": urlencode({name: value for name, value in asked.items() if value}),
    }  # fmt: skip
    return render(request, "knowledge/rules.html", context)


@require_GET
@login_required
def rule_page(request: StaffRequest, rule_id: str) -> HttpResponseBase:
    """Show one rule: what it finds, what to write, by which source, with its examples, and what was set aside of it."""
    rule = queries.shipped_rule(rule_id)
    if rule is None:
        raise Missing("没有这条规则。它可能随新版本改了编号，请在“内置规则”里按词语查找。")
    pairs = list(zip(rule.wrong, rule.right, strict=True)) if rule.pairwise else [(one, "") for one in rule.wrong]
    context = {
        "title": rule.id, "rule": rule, "message": told(rule), "severity": severity_badge(rule.severity),
        "pairs": pairs[:SHOWN_FORMS],
        "more": max(0, len(pairs) - SHOWN_FORMS), "breadcrumbs": [*LIST, ("内置规则", RULES)],
        "allowances": list(queries.visible_allowances(actor=request.user).filter(rule_id=rule.id)[:20]),
        "allow_url": f"{ALLOWED}new/?{urlencode({'rule': rule.id})}",
        "figures_url": figures_url(request.user, rule.id),
        "allow_reasons": [] if request.user.holds(*WRITERS) else ["放行由采编、审核或主管人员提出。"],
    }  # fmt: skip
    return render(request, "knowledge/rule.html", context)
