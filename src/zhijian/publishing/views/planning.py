"""Planning on one page that works without script: every button posts the whole choice and shows it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.channels.queries import publishing_connections
from zhijian.content.queries import approved_articles, find_article
from zhijian.lib.errors import Missing, Refused
from zhijian.publishing import actions, queries
from zhijian.publishing.forms import NOW, PlanForm
from zhijian.publishing.views.lists import LIST
from zhijian.registry.queries import platform_label
from zhijian.ui.acting import put_reasons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict
    from django.http.response import HttpResponseBase

    from zhijian.channels.models import Connection
    from zhijian.content.models import Article
    from zhijian.lib.requests import StaffRequest
    from zhijian.publishing.models import Delivery

MOST_OFFERED = 60
LONGEST_ID = 15


@dataclass(frozen=True, slots=True)
class Checked:
    """One chosen account with what stands against it, and what will look different there."""

    number: str
    name: str
    platform: str
    reasons: list[str]
    notes: list[str]


@require_http_methods(["GET", "POST"])
@login_required
def plan(request: StaffRequest) -> HttpResponseBase:
    """Choose approved pieces, put them in order, choose accounts and a time; see what stands against each account."""
    require(Permission.DELIVERY_PLAN, actor=request.user)
    offered = _offered(request)
    chosen = [offered[number] for number in _chosen(request, offered)]
    connections = {str(row.pk): row for row in publishing_connections(actor=request.user, roles=queries.SENDERS)}
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        initial={"when": NOW, "connections": _only_one(connections)},
        choices=_choices(connections),
    )
    act, _, only = request.POST.get("act", "").partition(":")
    checks: list[Checked] = []
    if act in {"check", "plan"} and form.is_valid():
        left = _narrowed(form, connections, only)
        checks = _checks(request, form, connections, chosen)
        answer = _carried_out(request, form, connections, chosen, checks) if act == "plan" else None
        if answer is not None:
            return _with_left(request, left, answer)
    elif request.method == "POST" and act not in {"check", "plan"}:
        form = _as_typed(request, connections)
    context = {**_context(offered, chosen, form, checks), "left_out": _left_out(request, offered)}
    if act == "plan":
        context |= _refused(checks)
    return render(request, "publishing/plan.html", context, status=409 if act == "plan" else 200)


def _context(
    offered: dict[int, Article], chosen: Sequence[Article], form: PlanForm, checks: list[Checked]
) -> dict[str, Any]:
    taken = {article.pk for article in chosen}
    return {
        "title": "安排发布",
        "form": form,
        "chosen": [
            {"article": article, "first": place == 0, "last": place == len(chosen) - 1, "number": place + 1}
            for place, article in enumerate(chosen)
        ],
        "shelves": _shelves([article for article in offered.values() if article.pk not in taken], chosen),
        "checks": checks,
        "full": len(chosen) >= actions.MOST_PIECES,
        "breadcrumbs": LIST,
    }


def _refused(checks: Sequence[Checked]) -> dict[str, Any]:
    """Say that nothing was planned: the accounts that stopped it, and those that could go without them."""
    refused = [check for check in checks if check.reasons]
    sendable = [check for check in checks if refused and not check.reasons]
    only = ",".join(check.number for check in sendable)
    return {"failed": True, "refused": refused, "sendable": sendable, "only": only}


def _narrowed(form: PlanForm, connections: dict[str, Connection], only: str) -> list[str]:
    """Keep of the ticked accounts those the button named; return the names of the others.

    The button names the accounts the person saw, so one that has become free since does not go out unseen.
    """
    named = only.split(",") if only else form.cleaned_data["connections"]
    left = [number for number in form.cleaned_data["connections"] if number not in named]
    form.cleaned_data["connections"] = [number for number in form.cleaned_data["connections"] if number in named]
    return [connections[number].account.name for number in left]


def _with_left(request: StaffRequest, left: Sequence[str], answer: HttpResponseBase) -> HttpResponseBase:
    if left:
        messages.warning(request, f"没有安排的账号：{'、'.join(left)}。补好缺的东西以后，再到“安排发布”里选它。")
    return answer


def _shelves(articles: Sequence[Article], chosen: Sequence[Article]) -> list[tuple[str, bool, list[Article]]]:
    """Return (words, open, pieces): what never went out stands before what may go to a further account.

    A shelf somebody has chosen from stays open, for they may want the next one.
    """
    sent = queries.sent_articles([*articles, *chosen])
    fresh = [article for article in articles if article.pk not in sent]
    again = [article for article in articles if article.pk in sent]
    shelves = [
        ("还没发过的稿件", True, fresh),
        ("已经发过，可再发到别的账号", any(article.pk in sent for article in chosen), again),
    ]
    return [shelf for shelf in shelves if shelf[2]]


def _offered(request: StaffRequest) -> dict[int, Article]:
    """Return the approved pieces by id: the newest, and those already named."""
    data = request.POST if request.method == "POST" else request.GET
    named = _numbers(data.getlist("article"))
    rows = approved_articles(actor=request.user).filter(current_revision__isnull=False)
    rows = rows.defer("current_revision__document", "current_revision__plain_text")
    found = {row.pk: row for row in rows[:MOST_OFFERED]}
    found |= {row.pk: row for row in rows.filter(pk__in=[number for number in named if number not in found])}
    return found


def _chosen(request: StaffRequest, offered: dict[int, Article]) -> list[int]:
    """Return the ids of the chosen pieces in order, after the button that was pressed."""
    data: QueryDict = request.POST if request.method == "POST" else request.GET
    ids = list(dict.fromkeys(number for number in _numbers(data.getlist("article")) if number in offered))
    verb, _, which = data.get("act", "").partition(":")
    number = next(iter(_numbers([which])), 0)
    if verb == "add" and number in offered and number not in ids:
        ids.append(number)
    if number in ids:
        place = ids.index(number)
        if verb == "remove":
            ids.remove(number)
        elif verb == "up" and place > 0:
            ids[place - 1], ids[place] = ids[place], ids[place - 1]
        elif verb == "down" and place < len(ids) - 1:
            ids[place + 1], ids[place] = ids[place], ids[place + 1]
    return ids[: actions.MOST_PIECES]


def _numbers(texts: Sequence[str]) -> list[int]:
    """Read the ids of rows; anything that cannot be one is left out."""
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID]


def _choices(connections: dict[str, Connection]) -> list[tuple[str, Any]]:
    """Return the accounts under their bodies."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for number, row in connections.items():
        label = f"{platform_label(row.account.platform, row.account.kind)}：{row.account.name}"
        groups.setdefault(row.organisation.name, []).append((number, label))
    return list(groups.items())


def _only_one(connections: dict[str, Connection]) -> list[str]:
    return list(connections) if len(connections) == 1 else []


def _as_typed(request: StaffRequest, connections: dict[str, Connection]) -> PlanForm:
    """Show what was chosen so far without complaining: the person is still at the pieces."""
    data = request.POST
    typed = {"connections": data.getlist("connections"), "when": data.get("when", NOW), "at": data.get("at", "")}
    return PlanForm(initial=typed, choices=_choices(connections))


def _checks(
    request: StaffRequest, form: PlanForm, connections: dict[str, Connection], chosen: Sequence[Article]
) -> list[Checked]:
    revision_ids = [int(article.current_revision_id or 0) for article in chosen]
    found = []
    for number in form.cleaned_data["connections"]:
        row = connections[number]
        reasons, notes = [], []
        for some in actions.pushes_of(row, revision_ids) or [[]]:
            check = actions.check_plan(
                actor=request.user, connection=row, revision_ids=some, scheduled_at=form.scheduled_at()
            )
            reasons += check.reasons
            notes += check.notes
        platform = platform_label(row.account.platform, row.account.kind)
        found.append(
            Checked(number, row.account.name, platform, list(dict.fromkeys(reasons)), list(dict.fromkeys(notes)))
        )
    return found


def _planned(request: StaffRequest, form: PlanForm, chosen: Sequence[Article]) -> list[Delivery] | None:
    try:
        return actions.plan_deliveries(
            actor=request.user,
            connection_ids=[int(number) for number in form.cleaned_data["connections"]],
            revision_ids=[int(article.current_revision_id or 0) for article in chosen],
            scheduled_at=form.scheduled_at(),
        )
    except Refused as refused:
        put_reasons(form, refused)
        return None


def _carried_out(
    request: StaffRequest, form: PlanForm, connections: dict[str, Connection], chosen: Sequence[Article],
    checks: Sequence[Checked],
) -> HttpResponseBase | None:  # fmt: skip
    """Plan and go to the result; a second press of the same button leads to what the first one planned."""
    planned = None if any(check.reasons for check in checks) else _planned(request, form, chosen)
    if planned is not None:
        return _told(request, planned)
    already = _already_planned(request, form, connections, chosen)
    if not already:
        return None
    messages.info(request, "刚才已经安排好了，不用再点。结果会显示在这里。")
    return _result_of(already)


def _already_planned(
    request: StaffRequest, form: PlanForm, connections: dict[str, Connection], chosen: Sequence[Article]
) -> list[Delivery]:
    revision_ids = [int(article.current_revision_id or 0) for article in chosen]
    pushes = [
        (int(number), some)
        for number in form.cleaned_data["connections"]
        for some in actions.pushes_of(connections[number], revision_ids)
    ]
    found = [
        queries.just_planned(
            actor=request.user, connection_id=number, revision_ids=some, scheduled_at=form.scheduled_at()
        )
        for number, some in pushes
    ]
    return [one for one in found if one is not None] if None not in found else []


def _left_out(request: StaffRequest, offered: dict[int, Article]) -> list[str]:
    """Say of every piece that was named but cannot be planned why, and what is missing."""
    data: QueryDict = request.POST if request.method == "POST" else request.GET
    sentences = []
    for number in _numbers(data.getlist("article"))[: actions.MOST_PIECES]:
        if number in offered:
            continue
        try:
            article = find_article(actor=request.user, article_id=number)
        except Missing:
            sentences.append("有一篇稿件没有找到：它可能已经移走，或者不在您的管理范围内。")
        else:
            state = article.get_state_display()
            sentences.append(f"《{article.title}》现在是“{state}”，还不能安排发布。三级审核都通过以后再来。")
    return list(dict.fromkeys(sentences))


def _told(request: StaffRequest, planned: list[Delivery]) -> HttpResponseBase:
    messages.success(request, f"已安排 {len(planned)} 次发布。结果会显示在这里。")
    return _result_of(planned)


def _result_of(planned: Sequence[Delivery]) -> HttpResponseBase:
    if len(planned) == 1:
        return redirect("publishing:delivery", planned[0].pk)
    return redirect("publishing:list")
