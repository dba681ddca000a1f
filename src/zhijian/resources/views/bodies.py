"""Which bodies lack what, and what one body has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.template.defaultfilters import linebreaksbr
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import BodyKind, Level
from zhijian.registry.queries import platform_label
from zhijian.resources import actions, forms, queries
from zhijian.resources.enums import SEVERE, Lack
from zhijian.resources.views.shared import (
    HOME,
    HOME_URL,
    STATE_TONES,
    badge,
    body_url,
    fill,
    may_keep,
    sent,
    tabs,
    trail,
)
from zhijian.ui.listing import Choice, Column, Empty, Flag, Listing
from zhijian.ui.parts import Badge
from zhijian.ui.templatetags.ui import badge as draw_badge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.organisations.models import Organisation
    from zhijian.resources.models import Statement
    from zhijian.resources.queries import Standing, Survey

LACKS = (("any", "有缺"), ("none", "齐了"), *Lack.choices)
SHOWN_TALKS = 5
UNTOLD = draw_badge("没有填", "warn")


def lack_badge(lack: Lack) -> Badge:
    """Return what is missing as a badge, red where the law asks for a licence."""
    return Badge(lack.label, "danger" if lack in SEVERE else "warn")


@require_GET
@login_required
def overview(request: StaffRequest) -> HttpResponseBase:
    """List the bodies a person keeps with what they lack."""
    bodies = queries.kept_bodies(actor=request.user)
    survey = queries.Survey(bodies)
    top = queries.branches(actor=request.user)
    listing = Listing(
        name="resources",
        title="保障与资质",
        rows=bodies,
        columns=_columns(survey),
        sort="body",
        filters=[
            Choice(
                key="lack", label="缺什么", choices=LACKS,
                lookup=lambda rows, lack: rows.filter(pk__in=survey.having(lack)),
            ),
            Choice(
                key="branch", label="分支", choices=[(row.pk, row.short_name) for row in top],
                lookup=queries.in_branch,
            ),
            Flag(
                key="accounts", label="开设了账号",
                lookup=lambda rows, has: _with_accounts(rows, survey, has=has),
            ),
            Choice(key="level", label="层级", choices=Level.choices),
            Choice(key="kind", label="类别", choices=BodyKind.choices),
        ],
        search=queries.search_bodies,
        search_hint="单位名称",
        template="resources/overview.html",
        context={"tabs": tabs(HOME_URL), "counts": _counts(survey), "year": clock.today().year},
        empty=Empty("您没有主办或主管的单位", "由安全管理员授予主办人员或主管人员角色后，这里列出单位。"),
    )  # fmt: skip
    return listing.respond(request)


def _with_accounts(rows: QuerySet[Organisation], survey: Survey, *, has: bool) -> QuerySet[Organisation]:
    chosen = survey.with_accounts()
    return rows.filter(pk__in=chosen) if has else rows.exclude(pk__in=chosen)


def _counts(survey: Survey) -> list[tuple[Badge, int, str]]:
    found = survey.counts()
    return [(lack_badge(lack), found[lack], f"{HOME_URL}?lack={lack}") for lack in Lack if found[lack]]


def _columns(survey: Survey) -> Sequence[Column]:
    def told(row: Organisation) -> Standing:
        return survey.of(row)

    def year(row: Organisation) -> Statement | None:
        return told(row).statement

    return (
        Column(key="body", label="单位", value="short_name", sort="path", link=body_url),
        Column(key="state", label="状态", value=lambda row: _state(told(row))),
        Column(key="lacks", label="缺什么", value=lambda row: "；".join(told(row).words)),
        Column(key="accounts", label="账号", value=lambda row: told(row).accounts, numeric=True),
        Column(key="leader", label="分管负责人", value=lambda row: getattr(year(row), "leader_name", None)),
        Column(key="phone", label="电话", value=lambda row: getattr(year(row), "leader_phone", None), shown=False),
        Column(key="unit", label="责任科室", value=lambda row: getattr(year(row), "unit", None), shown=False),
        Column(
            key="budget", label="经费（元）", numeric=True,
            value=lambda row: _money(year(row)), export=lambda row: _figure(year(row)),
        ),
        Column(key="staff", label="专人", value=lambda row: getattr(year(row), "staff_count", None), numeric=True),
        Column(key="level", label="层级", value="get_level_display", shown=False),
        Column(key="kind", label="类别", value="get_kind_display", shown=False),
        Column(key="name", label="全称", value="name", shown=False),
    )  # fmt: skip


def _state(standing: Standing) -> Badge:
    if standing.lacks:
        severe = any(lack in SEVERE for lack in standing.lacks)
        return Badge("有缺", "danger" if severe else "warn")
    return Badge("齐了", "ok") if standing.accounts else Badge("没有账号", "quiet")


def _money(row: Statement | None) -> str | None:
    return None if row is None or row.budget is None else f"{row.budget:,.2f}"


def _figure(row: Statement | None) -> float | None:
    return None if row is None or row.budget is None else float(row.budget)


@require_GET
@login_required
def branch_page(request: StaffRequest) -> HttpResponseBase:
    """Count, branch by branch, how many bodies lack what."""
    survey = queries.Survey(queries.kept_bodies(actor=request.user))
    counts = queries.count_branches(survey, queries.branches(actor=request.user))
    heads = [lack for lack in Lack if any(one.lacks[lack] for one in counts)]
    rows = [(one, [(lack, one.lacks[lack]) for lack in heads]) for one in counts]
    context = {"title": "按分支看保障与资质", "tabs": tabs(f"{HOME_URL}branches/"), "heads": heads, "rows": rows}
    return render(request, "resources/branches.html", {**context, "breadcrumbs": HOME})


@require_GET
@login_required
def body_page(request: StaffRequest, organisation_id: int) -> HttpResponseBase:
    """Show what one body has, this year and before, and what it lacks."""
    body = queries.find_kept_body(actor=request.user, organisation_id=organisation_id)
    survey = queries.Survey(queries.kept_bodies(actor=request.user).filter(pk=body.pk))
    standing, this_year = survey.of(body), clock.today().year
    statements = list(queries.statements_of(actor=request.user, organisation=body))
    context = {
        "title": body.short_name, "body": body, "breadcrumbs": HOME, "year": this_year, "standing": standing,
        "lacks": [(lack_badge(lack), names) for lack, names in standing.lacks.items()],
        "facts": _facts(standing.statement) if standing.statement else [],
        "earlier": [(row, _facts(row)) for row in statements if row.year != this_year],
        "late_year": this_year - 1, "late_is_known": any(row.year == this_year - 1 for row in statements),
        "reasons": may_keep(request, body), **_papers(body, survey), **_talks(request, body),
    }  # fmt: skip
    return render(request, "resources/body.html", context)


def _facts(row: Statement) -> list[tuple[str, object]]:
    leader = "，".join(part for part in (row.leader_name, row.leader_post, row.leader_phone) if part)
    source = f"（{row.budget_source}）" if row.budget_source else ""
    reason = [("补记的原因", row.late_reason)] if row.late_reason else []
    return [
        ("分管负责人", leader or UNTOLD),
        ("责任科室", row.unit or UNTOLD),
        ("经费", f"{_money(row)} 元{source}" if row.budget is not None else UNTOLD),
        ("专人", f"{row.staff_count} 人" if row.staff_count is not None else UNTOLD),
        ("专人名单", linebreaksbr(row.staff_names, autoescape=True) if row.staff_names else "没有填"),
        ("说明", row.note or "没有"),
        *reason,
        ("最近填写", f"{row.changed_by}，{clock_day(row)}"),
    ]


def clock_day(row: Statement) -> str:
    """Return the day a statement was last written, in Beijing."""
    return f"{row.changed_at.astimezone(clock.BEIJING):%Y-%m-%d}"


def _papers(body: Organisation, survey: Survey) -> dict[str, object]:
    calendar, needs = queries.Calendar(survey.book), survey.book.of(body)
    licences = queries.all_licences().filter(organisation=body).order_by("kind", "-pk")
    rules = queries.all_rules().filter(organisation=body).order_by("kind", "-pk")
    return {
        "licences": [(row, needs.licence_name(row.kind), badge(calendar.licence(row))) for row in licences],
        "rules": [(row, needs.rule_name(row.kind), badge(calendar.rule(row))) for row in rules],
    }


def _talks(request: StaffRequest, body: Organisation) -> dict[str, object]:
    rows = queries.newest(queries.visible_entries(actor=request.user).filter(organisation=body)).order_by("-day", "-pk")
    shown = rows[:SHOWN_TALKS]
    return {
        "talks": [
            (row, platform_label(row.platform), Badge(row.get_state_display(), STATE_TONES[row.state])) for row in shown
        ]
    }


@require_http_methods(["GET", "POST"])
@login_required
def state_means(request: StaffRequest, organisation_id: int, year: int) -> HttpResponseBase:
    """Write down what a body has in a year; the newest year before fills the form in."""
    body = queries.find_kept_body(actor=request.user, organisation_id=organisation_id)
    if not actions.FIRST_YEAR <= year <= clock.today().year:
        raise Missing
    known = queries.statements_of(actor=request.user, organisation=body).filter(year__lte=year).first()
    late = actions.is_over(year)
    form = forms.StatementForm(sent(request), is_late=late, known=known, year=year)

    def save() -> str:
        data = form.cleaned_data
        actions.state_means(
            actor=request.user, organisation=body, year=year, draft=form.draft(), seen=data["seen"] or 0,
            reason=data.get("reason", ""),
        )  # fmt: skip
        return body_url(body)

    taken = f"已照 {known.year} 年的填好，请核对、改动后保存。" if known and known.year != year else ""
    return fill(
        request, form, save, title=f"{year} 年保障情况", act="保存", done="已保存。", back=body_url(body), lead=taken,
        breadcrumbs=trail(body),
        reasons=actions.why_not_state(actor=request.user, organisation=body, year=year),
    )  # fmt: skip
