"""The list of cases and the page of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Case as Choose
from django.db.models import DateTimeField, F, Value, When
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.files.queries import file_facts
from zhijian.files.views import serve
from zhijian.inbox import actions, queries
from zhijian.inbox.enums import MOVES, OPEN_STATES, CaseForm, CaseState, Channel, EntryKind, MessageKind, Move
from zhijian.inbox.forms import (
    AskForm,
    AssignForm,
    ChaseForm,
    ExtendForm,
    NoteForm,
    RegisterForm,
    ResumeForm,
    ReturnForm,
    VersionForm,
)
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.queries import bodies_in_scope
from zhijian.review.queries import under_review
from zhijian.ui.acting import put_reasons
from zhijian.ui.listing import Choice, Choices, Column, Dates, Empty, Flag, Listing
from zhijian.ui.parts import Badge, Happening

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

    from zhijian.inbox.models import Case, Entry
    from zhijian.lib.requests import StaffRequest

LIST = [("留言", "/desk/inbox/")]
STATE_TONES = {
    CaseState.RECEIVED: "info",
    CaseState.WORKING: "busy",
    CaseState.WAITING: "quiet",
    CaseState.IN_REVIEW: "busy",
    CaseState.ANSWERED: "ok",
    CaseState.REDIRECTED: "ok",
}
ENTRY_TONES = {
    EntryKind.CHASED: "warn",
    EntryKind.RETURNED: "warn",
    EntryKind.TAKEN_BACK: "warn",
    EntryKind.ANSWER: "ok",
    EntryKind.REDIRECTED: "ok",
    EntryKind.WORD: "info",
    EntryKind.REOPENED: "warn",
}
# Every act with the states in which it makes sense; an act of another state is not offered at all.
ACTS_IN_STATES: tuple[tuple[str, str, type[VersionForm], Permission, Collection[CaseState]], ...] = (
    ("assign", "转办", AssignForm, Permission.CASE_ASSIGN, MOVES[Move.ASSIGN][0]),
    ("return", "退回", ReturnForm, Permission.CASE_RETURN, MOVES[Move.RETURN][0]),
    ("ask", "请群众补充", AskForm, Permission.CASE_HANDLE, MOVES[Move.ASK][0]),
    ("resume", "继续办理", ResumeForm, Permission.CASE_HANDLE, MOVES[Move.RESUME][0]),
    ("extend", "延期", ExtendForm, Permission.CASE_EXTEND, OPEN_STATES),
    ("chase", "催办", ChaseForm, Permission.CASE_CHASE, OPEN_STATES),
    ("note", "内部备注", NoteForm, Permission.CASE_HANDLE, OPEN_STATES),
)
NO_ANSWERER = ["登记来电来信需要留言答复或单位负责人角色，请联系本单位安全管理员。"]
TYPED = "inbox.typed"
FOR_EVER = "private, max-age=31536000, immutable"


def state_badge(case: Case) -> Badge:
    """Show the state of a case as word and tone."""
    return Badge(case.get_state_display(), STATE_TONES[CaseState(case.state)])


def _unbroken(case: Case) -> object:
    """Write the number on one line: a number broken in two is read wrongly over the telephone."""
    return format_html('<span class="nowrap">{}</span>', case.number)


COLUMNS = (
    Column(key="title", label="留言", sort="title", link=lambda row: f"/desk/inbox/{row.pk}/"),
    Column(key="state", label="状态", value=state_badge, sort="state"),
    Column(key="due", label="期限", value="due_at", template="inbox/parts/due.html", sort="waits"),
    Column(key="organisation", label="承办单位", value="organisation.short_name", sort="organisation__sort_key"),
    Column(key="handler", label="承办人", value="handler.display_name", shown=False),
    Column(key="kind", label="类别", value="get_kind_display", sort="kind"),
    Column(key="form", label="形式", value="get_form_display", shown=False),
    Column(key="channel", label="渠道", value="get_channel_display", shown=False),
    Column(key="number", label="编号", value=_unbroken, sort="number", export=lambda row: row.number),
    Column(key="received", label="收到", value="received_at", sort="received_at"),
)


def _late(rows: QuerySet[Case], value: bool) -> QuerySet[Case]:  # noqa: FBT001 - the list hands over what was chosen
    over = {"due_at__lt": clock.now(), "state__in": [CaseState.RECEIVED, CaseState.WORKING, CaseState.IN_REVIEW]}
    return rows.filter(**over) if value else rows.exclude(**over)


def _chased(rows: QuerySet[Case], value: bool) -> QuerySet[Case]:  # noqa: FBT001 - as above
    return rows.filter(chased_at__isnull=not value)


@require_GET
@login_required
def case_list(request: StaffRequest) -> HttpResponseBase:
    """List the cases this person may see: what is late or due next comes first, what is closed last."""
    actor = request.user
    open_due = Choose(
        When(state__in=[*OPEN_STATES], then=F("due_at")), default=Value(None), output_field=DateTimeField(null=True)
    )  # fmt: skip
    reasons = [] if actor.holds(*queries.HANDLERS) else NO_ANSWERER
    listing = Listing(
        name="inbox",
        title="留言",
        rows=queries.visible_cases(actor=actor).annotate(waits=open_due),
        columns=COLUMNS,
        sort="due",
        filters=[
            Choices(key="state", label="状态", choices=CaseState.choices),
            Flag(key="late", label="超期", lookup=_late),
            Flag(key="chased", label="被催办", lookup=_chased),
            Choice(key="kind", label="类别", choices=MessageKind.choices),
            Choice(key="form", label="形式", choices=CaseForm.choices),
            Choice(key="channel", label="渠道", choices=Channel.choices),
            Choice(
                key="body", label="承办单位", lookup="organisation_id",
                choices=lambda: [
                    (body.pk, body.short_name) for body in bodies_in_scope(actor=actor, roles=queries.VIEWERS)[:500]
                ],
            ),
            Dates(key="received", label="收到", lookup="received_at"),
        ],
        search=queries.search_cases,
        search_hint="按编号、标题或内容搜索",
        actions=[{"label": "登记来电来信", "url": "/desk/inbox/new/", "tone": "primary", "icon": "plus",
                  "reasons": reasons}],
        empty=Empty("还没有留言", "群众在网页或微信上写的留言会出现在这里。"),
    )  # fmt: skip
    return listing.respond(request)


@require_GET
@login_required
def show(request: StaffRequest, case_id: int) -> HttpResponseBase:
    """Show a case: what can be done, the question, the answer, the clocks and everything that happened."""
    case = actions.look_at_case(actor=request.user, case_id=case_id)
    return render(request, "inbox/case.html", case_page(request, case, _typed(request, case)))


def _typed(request: StaffRequest, case: Case) -> dict[str, Any]:
    """Return, once, what was typed into an act that was refused because somebody had been faster."""
    typed = request.session.pop(TYPED, None)
    return {typed["act"]: typed["fields"]} if typed and typed["case"] == case.pk else {}


def case_page(request: StaffRequest, case: Case, kept: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what the page of a case shows; `kept` are the forms of acts that were refused, with what was typed."""
    actor = request.user
    clocks = queries.clocks_of(case)
    return {
        "title": case.title,
        "case": case,
        "badge": state_badge(case),
        "late": queries.is_late(case),
        "paused": case.state == CaseState.WAITING,
        "closed": case.state in {CaseState.ANSWERED, CaseState.REDIRECTED},
        "clocks": clocks,
        "now_clock": clocks[-1] if clocks else None,
        "photos": queries.photos_of(case),
        "answers": queries.answers_of(case),
        "outgoing": queries.outgoing_of(case),
        "publication": queries.publication_of(case),
        "under_review": under_review(actor=actor, thing_kind=queries.ANSWER_KIND, thing_id=case.pk),
        "rating": queries.rating_of(case),
        "similar": queries.similar_cases(actor=actor, case=case),
        "near": queries.near_cases(actor=actor, case=case),
        "timeline": [_happening(entry) for entry in reversed(queries.entries_of(case))],
        "acts": _acts(request, case, kept or {}),
        "accept_reasons": why_not(Permission.CASE_ACCEPT, actor=actor, thing=case),
        "answer_reasons": why_not(Permission.ANSWER_WRITE, actor=actor, thing=case),
        "contact_reasons": why_not(Permission.CONTACT_REVEAL, actor=actor, thing=case),
        "publish_reasons": actions.why_not_publish(actor=actor, case=case),
        "destroy_reasons": actions.why_not_destroy(actor=actor, case=case),
        "breadcrumbs": LIST,
    }


def _acts(request: StaffRequest, case: Case, kept: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the small forms of the acts the state of the case allows, each with why this person cannot do it.

    An act that was refused stays, whatever became of the case: what was typed is not lost.
    """
    starts: dict[str, dict[str, Any]] = {"extend": {"days": queries.extension_limit(case)}}
    offered = [
        (name, label, form, permission)
        for name, label, form, permission, states in ACTS_IN_STATES
        if name in kept or (case.state in states and not (name == "return" and case.organisation_id == case.intake_id))
    ]
    return [
        {
            "name": name,
            "label": label,
            "form": _small_form(form, {**starts.get(name, {}), "seen": case.version}, kept.get(name)),
            "reasons": why_not(permission, actor=request.user, thing=case),
            "open": name in kept,
        }
        for name, label, form, permission in offered
    ]


def _small_form(
    form: type[VersionForm], start: dict[str, Any], kept: VersionForm | dict[str, str] | None
) -> VersionForm:
    """Return the form of an act: as it was refused, or a new one that begins with what was typed before."""
    return kept if isinstance(kept, VersionForm) else form(initial={**start, **(kept or {})})


def _happening(entry: Entry) -> Happening:
    sent = getattr(entry, "outgoing", None)
    told = f"微信：{sent.get_state_display()}。{sent.reason}" if sent is not None else ""
    hidden = "" if entry.is_public else "群众看不到"
    return Happening(
        at=entry.at,
        what=entry.get_kind_display(),
        who=str(entry.actor) if entry.actor else ("群众" if entry.kind in BY_CITIZENS else "系统"),
        where=" · ".join(part for part in (str(entry.organisation or ""), hidden, told) if part),
        text=entry.text,
        tone=ENTRY_TONES.get(EntryKind(entry.kind), "quiet"),
    )


BY_CITIZENS = {EntryKind.RECEIVED, EntryKind.WORD, EntryKind.RATED, EntryKind.REOPENED}


@require_GET
@login_required
def photo(request: StaffRequest, case_id: int, sha256: str) -> HttpResponseBase:
    """Serve a picture of a case to whoever may see the case, or signs its answer."""
    facts = file_facts([sha256]).get(sha256)
    if facts is None or not queries.may_see_photo(actor=request.user, case_id=case_id, sha256=sha256):
        raise Missing
    return serve(sha256, facts.media_type, cache=FOR_EVER)


@require_http_methods(["GET", "POST"])
@login_required
def register(request: StaffRequest) -> HttpResponseBase:
    """Register what came by telephone, letter or at the counter."""
    form = RegisterForm(request.POST or None, actor=request.user)
    reasons = [] if request.user.holds(*queries.HANDLERS) else NO_ANSWERER
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.register_by_hand(actor=request.user, draft=form.draft())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            parts = "-".join(made.key[start : start + 4] for start in (0, 4, 8))
            messages.success(request, f"已登记，编号 {made.case.number}，查询码 {parts}。请告诉来电来信的人。")
            return redirect("inbox:case", made.case.pk)
    context = {"title": "登记来电来信", "form": form, "reasons": reasons, "breadcrumbs": LIST}
    return render(request, "inbox/register.html", context, status=409 if form.errors else 200)
