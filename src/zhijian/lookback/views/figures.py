from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.utils.text import Truncator
from django.views.decorators.http import require_GET

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.knowledge.queries import shipped_rule, shipped_rules, with_term_words
from zhijian.lookback import queries
from zhijian.lookback.enums import CATEGORIES
from zhijian.lookback.views.parts import home_tabs
from zhijian.ui.listing import Choice, Column, Empty, Flag, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.lookback.models import RuleDay

SHOWN_WORDS: Final = 3
SHOWN_SIGNS: Final = 28
_BLANK: Final = re.compile(r"\{\w+\}")


def rule_url(row: RuleDay) -> str | None:
    """Return the page of a rule, from which it is set aside or switched off; None for what is no rule of the tables."""
    if row.rule_id.startswith("term."):
        return f"/desk/terms/{row.rule_id.removeprefix('term.')}/"
    return f"/desk/rules/{row.rule_id}/" if shipped_rule(row.rule_id) else None


def rule_words(row: Any) -> str:
    """Return what a rule looks for, as people know it: the words of a term, of a shipped rule, or what that tells."""
    shipped = None if row.term_words else shipped_rule(row.rule_id)
    if shipped is None:
        return str(row.term_words or row.rule_id)
    return "、".join(shipped.wrong[:SHOWN_WORDS]) or Truncator(_BLANK.sub("…", shipped.message)).chars(SHOWN_SIGNS)


def share(row: Any) -> str | int:
    """Return the percentage; little is not nothing."""
    return "不到 1" if row.aside and not row.share else row.share


def search(rows: QuerySet[RuleDay], text: str) -> QuerySet[RuleDay]:
    """Keep the rules whose number or words hold the text."""
    shipped = [rule.id for rule in shipped_rules(text=text)]
    return rows.filter(Q(rule_id__icontains=text) | Q(term_words__icontains=text) | Q(rule_id__in=shipped))


COLUMNS = (
    Column(key="rule", label="查什么", value=rule_words, link=rule_url),
    Column(key="number", label="规则编号", value="rule_id", sort="rule_id"),
    Column(
        key="advised", label="建议", value=lambda row: Badge("建议停用", "warn") if row.advised else "", sort="advised",
        export=lambda row: "建议停用" if row.advised else "",
    ),
    Column(key="category", label="类别", value="category_label", sort="category"),
    Column(key="drafts", label="稿件命中", value="hits_drafts", numeric=True, sort="hits_drafts"),
    Column(key="posts", label="已发内容命中", value="hits_posts", numeric=True, sort="hits_posts"),
    Column(key="aside", label="认定误报", value="aside", numeric=True, sort="aside"),
    Column(key="share", label="误报占比（%）", value=share, numeric=True, sort="share"),
    Column(key="day", label="最近一次", value="day", sort="day"),
)  # fmt: skip


@require_GET
@login_required
def figure_list(request: StaffRequest) -> HttpResponseBase:
    """List what each rule found and how much of it was set aside, at the bodies the person supervises."""
    require(Permission.LOOKBACK_FIGURES, actor=request.user)
    listing = Listing(
        name="rule-figures",
        title="规则效果",
        rows=with_term_words(queries.rule_figures(actor=request.user)),
        columns=COLUMNS,
        sort="-share",
        filters=[Choice(key="category", label="类别", choices=CATEGORIES), Flag(key="advised", label="建议停用")],
        search=search,
        search_hint="按词语或规则编号搜索",
        empty=Empty("还没有数字", "稿件检查和存量回查的结果每天夜里统计一次，按规则，不按人。"),
        template="lookback/list.html",
    )
    return listing.respond(request, tabs=home_tabs("figures", supervises=True))
