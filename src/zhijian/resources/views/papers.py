"""Licences and rule documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.organisations.queries import timeline_of
from zhijian.resources import actions, forms, queries
from zhijian.resources.actions import LicenceDraft, RuleDraft
from zhijian.resources.enums import LicenceState, RuleState
from zhijian.resources.views.shared import HOME_URL, badge, fill, may_keep, new_button, sent, tabs, trail
from zhijian.ui.listing import Choice, Column, Dates, Empty, Flag, Listing

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.resources.models import Licence, RuleDocument

LICENCES, RULES = f"{HOME_URL}licences/", f"{HOME_URL}rules/"


def _kinds(request: StaffRequest, names: str) -> list[tuple[str, str]]:
    needs = queries.kind_names(actor=request.user)
    return list(getattr(needs, names).items()) if needs else []


@require_GET
@login_required
def licence_list(request: StaffRequest) -> HttpResponseBase:
    """List the licences of the person's bodies, those held no more among them."""
    calendar = queries.Calendar()

    def ends(rows: QuerySet[Licence], value: bool) -> QuerySet[Licence]:  # noqa: FBT001 - as the filter calls it
        found = [row.pk for row in queries.ending_licences(rows)]
        return rows.filter(pk__in=found) if value else rows.exclude(pk__in=found)

    listing = Listing(
        name="resources-licences",
        title="许可证",
        rows=queries.visible_licences(actor=request.user),
        columns=(
            Column(
                key="kind", label="许可证", sort="kind", link=lambda row: f"{LICENCES}{row.pk}/",
                value=lambda row: calendar.book.of(row.organisation).licence_name(row.kind),
            ),
            Column(key="number", label="编号", sort="number"),
            Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
            Column(key="state", label="状态", value=lambda row: badge(calendar.licence(row))),
            Column(key="ends_on", label="有效期止", sort="ends_on"),
            Column(key="begins_on", label="有效期起", sort="begins_on", shown=False),
            Column(key="issuer", label="发证机关", shown=False),
            Column(key="holder", label="持证单位", shown=False),
            Column(key="paper", label="原件", value=lambda row: "有" if row.paper_id else "没有上传"),
        ),
        sort="ends_on",
        filters=[
            Choice(key="state", label="状态", choices=LicenceState.choices, lookup=queries.licences_in_state),
            Flag(key="ends", label="到期、快到期", lookup=ends),
            Choice(key="kind", label="类别", choices=lambda: _kinds(request, "licence_names")),
            Dates(key="ends_on", label="有效期止", moments=False),
        ],
        search=queries.search_licences,
        search_hint="编号、发证机关、持证单位、单位",
        actions=new_button(request, "登记许可证", "licences"),
        template="resources/list.html",
        context={"tabs": tabs(LICENCES)},
        empty=Empty("还没有许可证", "从事互联网新闻信息服务、传播网络视听节目的，登记许可证，到期前会提醒。"),
    )  # fmt: skip
    return listing.respond(request)


@require_http_methods(["GET", "POST"])
@login_required
def new_licence(request: StaffRequest, organisation_id: int) -> HttpResponseBase:
    """Write a licence of a body down."""
    body = queries.find_kept_body(actor=request.user, organisation_id=organisation_id)
    form = forms.LicenceForm(
        sent(request), request.FILES or None, kinds=queries.needs_of(body).licence_names, initial={"holder": body.name}
    )

    def save() -> str:
        row = actions.record_licence(
            actor=request.user, organisation=body, kind=form.cleaned_data["kind"], draft=form.draft(),
            paper=form.paper(),
        )  # fmt: skip
        return f"{LICENCES}{row.pk}/"

    return fill(
        request, form, save, title="登记许可证", act="登记", done="已登记。", back=LICENCES, breadcrumbs=trail(body),
        reasons=may_keep(request, body),
    )  # fmt: skip


@require_GET
@login_required
def licence_page(request: StaffRequest, licence_id: int) -> HttpResponseBase:
    """Show a licence, what it replaced and what replaced it."""
    row = queries.find_licence(actor=request.user, licence_id=licence_id)
    calendar = queries.Calendar()
    gone = [("不再持有", row.withdrawn_on), ("原因", row.withdrawn_reason)] if row.withdrawn_on else []
    context = {
        "title": calendar.book.of(row.organisation).licence_name(row.kind), "row": row,
        "badge": badge(calendar.licence(row)), "earlier": row.replaces, "later": queries.successor_of(row),
        "facts": [
            ("编号", row.number), ("发证机关", row.issuer), ("持证单位", row.holder),
            ("有效期起", row.begins_on or "没有写"), ("有效期止", row.ends_on or "没有写"),
            ("说明", row.note or "没有"), *gone,
        ],
        "reasons": actions.why_not_change_licence(actor=request.user, licence=row),
        "timeline": timeline_of(thing_kind=queries.LICENCE_KIND, thing_id=row.pk),
        "breadcrumbs": [*trail(row.organisation), ("许可证", LICENCES)],
    }  # fmt: skip
    return render(request, "resources/licence.html", context)


def _of_licence(request: StaffRequest, row: Licence, form: Any, save: Any, **told: Any) -> HttpResponseBase:
    reasons = actions.why_not_change_licence(actor=request.user, licence=row)
    steps = [*trail(row.organisation), (row.number, f"{LICENCES}{row.pk}/")]
    return fill(request, form, save, back=f"{LICENCES}{row.pk}/", breadcrumbs=steps, reasons=reasons, **told)


@require_http_methods(["GET", "POST"])
@login_required
def correct_licence(request: StaffRequest, licence_id: int) -> HttpResponseBase:
    """Put right what was copied from a licence."""
    row = queries.find_licence(actor=request.user, licence_id=licence_id)
    form = forms.LicenceForm(
        sent(request), request.FILES or None, initial=forms.of_row(row, LicenceDraft.__slots__)
    )  # fmt: skip

    def save() -> str:
        actions.correct_licence(
            actor=request.user, licence_id=row.pk, draft=form.draft(), seen=form.cleaned_data["seen"] or 0,
            paper=form.paper(),
        )  # fmt: skip
        return f"{LICENCES}{row.pk}/"

    lead = "只改抄错的；换了新证的，请用“换新证”。传了新的原件，原来的就换下。"
    return _of_licence(request, row, form, save, title="更正许可证", act="保存", done="已保存。", lead=lead)


@require_http_methods(["GET", "POST"])
@login_required
def renew_licence(request: StaffRequest, licence_id: int) -> HttpResponseBase:
    """Write the licence down that takes the place of one."""
    row = queries.find_licence(actor=request.user, licence_id=licence_id)
    start = {"number": row.number, "issuer": row.issuer, "holder": row.holder, "note": row.note}
    form = forms.LicenceForm(sent(request), request.FILES or None, initial=start)

    def save() -> str:
        made = actions.renew_licence(actor=request.user, licence_id=row.pk, draft=form.draft(), paper=form.paper())
        return f"{LICENCES}{made.pk}/"

    lead = "照新证填。原来的一份留作历史。"
    return _of_licence(request, row, form, save, title="换新证", act="登记", done="已登记新证。", lead=lead)


@require_http_methods(["GET", "POST"])
@login_required
def give_up_licence(request: StaffRequest, licence_id: int) -> HttpResponseBase:
    """Write down that a licence is held no more."""
    row = queries.find_licence(actor=request.user, licence_id=licence_id)
    form = forms.ReasonForm(sent(request))

    def save() -> str:
        actions.give_up_licence(actor=request.user, licence_id=row.pk, reason=form.cleaned_data["reason"])
        return f"{LICENCES}{row.pk}/"

    return _of_licence(
        request, row, form, save, title="不再持有", act="不再持有", tone="danger", done="已记下。",
        lead="注销、吊销、不再从事这项业务的。记下以后不再提醒，也不能改回。",
    )  # fmt: skip


@require_GET
@login_required
def rule_list(request: StaffRequest) -> HttpResponseBase:
    """List the rule documents of the person's bodies, those replaced among them."""
    calendar = queries.Calendar()
    listing = Listing(
        name="resources-rules",
        title="本单位制度",
        rows=queries.visible_rules(actor=request.user),
        columns=(
            Column(key="title", label="制度", sort="title", link=lambda row: f"{RULES}{row.pk}/"),
            Column(
                key="kind", label="类别", sort="kind",
                value=lambda row: calendar.book.of(row.organisation).rule_name(row.kind),
            ),
            Column(key="organisation", label="单位", value="organisation.short_name", sort="organisation__sort_key"),
            Column(key="state", label="状态", value=lambda row: badge(calendar.rule(row))),
            Column(key="number", label="文号"),
            Column(key="in_force_from", label="施行", sort="in_force_from"),
            Column(key="review_by", label="复核期限", sort="review_by"),
            Column(key="issued_on", label="印发", sort="issued_on", shown=False),
            Column(key="paper", label="原件", value=lambda row: "有" if row.paper_id else "没有上传"),
        ),
        sort="-in_force_from",
        filters=[
            Choice(key="state", label="状态", choices=RuleState.choices, lookup=queries.rules_in_state),
            Choice(key="kind", label="类别", choices=lambda: _kinds(request, "rule_names")),
            Flag(key="paper", label="上传了原件", lookup=lambda rows, value: rows.filter(paper__isnull=not value)),
            Dates(key="review_by", label="复核期限", moments=False),
        ],
        search=queries.search_rules,
        search_hint="名称、文号、单位",
        actions=new_button(request, "登记制度", "rules"),
        template="resources/list.html",
        context={"tabs": tabs(RULES)},
        empty=Empty("还没有制度", "信息发布审核、账号管理、应急预案等本单位制度，登记在这里，原件随时可查。"),
    )  # fmt: skip
    return listing.respond(request)


@require_http_methods(["GET", "POST"])
@login_required
def new_rule(request: StaffRequest, organisation_id: int) -> HttpResponseBase:
    """Write a rule document of a body down."""
    body = queries.find_kept_body(actor=request.user, organisation_id=organisation_id)
    form = forms.RuleForm(sent(request), request.FILES or None, kinds=queries.needs_of(body).rule_names)

    def save() -> str:
        row = actions.record_rule(
            actor=request.user, organisation=body, kind=form.cleaned_data["kind"], draft=form.draft(),
            paper=form.paper(),
        )  # fmt: skip
        return f"{RULES}{row.pk}/"

    return fill(
        request, form, save, title="登记制度", act="登记", done="已登记。", back=RULES, breadcrumbs=trail(body),
        reasons=may_keep(request, body),
    )  # fmt: skip


@require_GET
@login_required
def rule_page(request: StaffRequest, rule_id: int) -> HttpResponseBase:
    """Show a rule document, what it replaced and what replaced it."""
    row = queries.find_rule(actor=request.user, rule_id=rule_id)
    calendar = queries.Calendar()
    ended = [("废止", row.abolished_on), ("废止原因", row.abolished_reason)] if row.abolished_on else []
    context = {
        "title": row.title, "row": row, "badge": badge(calendar.rule(row)), "earlier": row.replaces,
        "later": queries.successor_of(row),
        "facts": [
            ("类别", calendar.book.of(row.organisation).rule_name(row.kind)), ("文号", row.number or "没有文号"),
            ("印发日期", row.issued_on), ("施行日期", row.in_force_from), ("复核期限", row.review_by or "没有写"),
            ("最近复核", row.reviewed_on or "还没有"), *ended,
        ],
        "reasons": actions.why_not_change_rule(actor=request.user, rule=row),
        "timeline": timeline_of(thing_kind=queries.RULE_KIND, thing_id=row.pk),
        "breadcrumbs": [*trail(row.organisation), ("本单位制度", RULES)],
    }  # fmt: skip
    return render(request, "resources/rule.html", context)


def _of_rule(request: StaffRequest, row: RuleDocument, form: Any, save: Any, **told: Any) -> HttpResponseBase:
    reasons = actions.why_not_change_rule(actor=request.user, rule=row)
    steps = [*trail(row.organisation), (row.title, f"{RULES}{row.pk}/")]
    return fill(request, form, save, back=f"{RULES}{row.pk}/", breadcrumbs=steps, reasons=reasons, **told)


@require_http_methods(["GET", "POST"])
@login_required
def correct_rule(request: StaffRequest, rule_id: int) -> HttpResponseBase:
    """Put right what was written down of a rule document."""
    row = queries.find_rule(actor=request.user, rule_id=rule_id)
    form = forms.RuleForm(sent(request), request.FILES or None, initial=forms.of_row(row, RuleDraft.__slots__))

    def save() -> str:
        actions.correct_rule(
            actor=request.user, rule_id=row.pk, draft=form.draft(), seen=form.cleaned_data["seen"] or 0,
            paper=form.paper(),
        )  # fmt: skip
        return f"{RULES}{row.pk}/"

    lead = "只改登记错的；修订重发的，请用“登记新的一份”。传了新的原件，原来的就换下。"
    return _of_rule(request, row, form, save, title="更正登记", act="保存", done="已保存。", lead=lead)


@require_http_methods(["GET", "POST"])
@login_required
def replace_rule(request: StaffRequest, rule_id: int) -> HttpResponseBase:
    """Write the rule document down that takes the place of one."""
    row = queries.find_rule(actor=request.user, rule_id=rule_id)
    form = forms.RuleForm(sent(request), request.FILES or None, initial={"title": row.title})

    def save() -> str:
        made = actions.replace_rule(actor=request.user, rule_id=row.pk, draft=form.draft(), paper=form.paper())
        return f"{RULES}{made.pk}/"

    lead = "从新的一份施行那天起，原来的一份被代替，留作历史。"
    return _of_rule(request, row, form, save, title="登记新的一份", act="登记", done="已登记新的一份。", lead=lead)


@require_http_methods(["GET", "POST"])
@login_required
def review_rule(request: StaffRequest, rule_id: int) -> HttpResponseBase:
    """Write down that a rule document was looked at and stays."""
    row = queries.find_rule(actor=request.user, rule_id=rule_id)
    form = forms.ReviewForm(sent(request))

    def save() -> str:
        actions.review_rule(actor=request.user, rule_id=row.pk, review_by=form.cleaned_data["review_by"])
        return f"{RULES}{row.pk}/"

    lead = "看过一遍、仍然适用的，写明下次什么时候再看。"
    return _of_rule(request, row, form, save, title="复核", act="仍然适用", done="已记下。", lead=lead)


@require_http_methods(["GET", "POST"])
@login_required
def abolish_rule(request: StaffRequest, rule_id: int) -> HttpResponseBase:
    """Write down that a rule document holds no more."""
    row = queries.find_rule(actor=request.user, rule_id=rule_id)
    form = forms.ReasonForm(sent(request))

    def save() -> str:
        actions.abolish_rule(actor=request.user, rule_id=row.pk, reason=form.cleaned_data["reason"])
        return f"{RULES}{row.pk}/"

    lead = "没有新的一份代替它的才废止。记下以后不能改回。"
    return _of_rule(request, row, form, save, title="废止", act="废止", tone="danger", done="已废止。", lead=lead)
