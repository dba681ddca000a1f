from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.utils import timezone

from zhijian.lib import clock
from zhijian.lib.errors import Missing
from zhijian.lib.work import WorkItem
from zhijian.organisations.enums import Role
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import in_scope, timeline_of
from zhijian.registry.enums import AccountState, FilingState, LedgerState
from zhijian.registry.models import Account, Filing, Ledger, LedgerRow
from zhijian.registry.queries.filing_kinds import WITHOUT_ACCOUNT, kind_info
from zhijian.registry.queries.ruling import platform_label
from zhijian.review.queries import sees_thing

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from zhijian.organisations.models import User

OFFICERS = (Role.HOST_OFFICER, Role.SUPERVISING_OFFICER)
THING_KIND = "registry.filing"
MOST_WORK = 100


def visible_filings(*, actor: User) -> QuerySet[Filing]:
    """Return the filings of the bodies in the actor's scope."""
    return Filing.objects.filter(in_scope(actor=actor)).select_related("organisation", "created_by", "account")


def find_filing(*, actor: User, filing_id: int) -> Filing:
    """Return one filing of the actor's scope, or one that was put before the actor for review. Raises Missing."""
    filing = visible_filings(actor=actor).filter(pk=filing_id).first()
    if filing is None and sees_thing(actor=actor, thing_kind=THING_KIND, thing_id=filing_id):
        filing = Filing.objects.select_related("organisation", "created_by", "account").filter(pk=filing_id).first()
    if filing is None:
        raise Missing
    return filing


def form_facts(filing: Filing) -> list[tuple[str, object]]:
    """Return the fields of a filing as (label, value) in the order of the form; a change as 原来 → 现在."""
    facts: list[tuple[str, object]] = [("主办单位", filing.organisation.name)]
    if filing.kind not in WITHOUT_ACCOUNT or filing.account is not None:
        facts.append(("账号", f"{filing.name}（{platform_of(filing)}）"))
    for name, label in kind_info(filing.kind).fields.items():
        value = _shown(filing, name)
        if name != "kind" and (value or not name.startswith(("new_", "notice_"))):
            facts.append((label, value))
    return facts


def platform_of(filing: Filing) -> str:
    """Name the platform a filing is about, its account loaded."""
    return platform_label(filing.platform, filing.account.kind if filing.account else filing.form.get("kind", ""))


def _shown(filing: Filing, name: str) -> object:
    value: Any = filing.form.get(name, "")
    if name == "platform":
        return platform_label(filing.platform, filing.form.get("kind", ""))
    if name == "undertaking":
        return "已承诺" if value else ""
    if name == "target":
        return _named(Account.objects.select_related("organisation").filter(pk=int(value or 0)).first())
    if not value or not name.startswith("new_"):
        return value
    return f"{_before(filing, name.removeprefix('new_')) or '（空）'} → {_after(name, value)}"


def _named(account: Account | None) -> str:
    if account is None:
        return ""
    return f"{account.name}（{platform_label(account.platform, account.kind)}，{account.organisation.name}）"


def _before(filing: Filing, name: str) -> object:
    """Return what the register said before the change; the log of an approved one is its own."""
    told = filing.form.get("before") or {}
    if name in told:
        return told[name]
    account = filing.account
    return (account.organisation.name if name == "organisation" else getattr(account, name)) if account else ""


def _after(name: str, value: object) -> object:
    if name != "new_organisation":
        return value
    return Organisation.objects.filter(pk=int(str(value))).values_list("name", flat=True).first() or ""


def attachments_of(filing: Filing) -> list[dict[str, str]]:
    """Return the papers of a filing: `{"slot", "label", "sha256", "name"}`, in the order of their kinds."""
    labels = {slot.code: slot.label for slot in kind_info(filing.kind).slots}
    papers = [{**paper, "label": labels.get(paper["slot"], "")} for paper in filing.form.get("attachments", [])]
    return sorted(papers, key=lambda paper: list(labels).index(paper["slot"]) if paper["slot"] in labels else 99)


def last_act(filing: Filing) -> str:
    """Tell who did what to a filing last, as the middle of a sentence; empty where nothing happened yet."""
    rows = timeline_of(thing_kind=THING_KIND, thing_id=filing.pk)
    if not rows:
        return ""
    row = rows[0]
    return f"{row.who or '系统'}在 {timezone.localtime(row.at):%m月%d日 %H:%M} 已经“{row.what}”"


def visible_ledgers(*, actor: User) -> QuerySet[Ledger]:
    """Return the ledgers uploaded for the bodies where the actor keeps accounts."""
    rows = Ledger.objects.filter(in_scope(actor=actor, roles=OFFICERS))
    return rows.select_related("organisation", "uploaded_by")


def find_ledger(*, actor: User, ledger_id: int) -> Ledger:
    """Return one ledger of the actor's scope. Raises Missing."""
    ledger = visible_ledgers(actor=actor).filter(pk=ledger_id).first()
    if ledger is None:
        raise Missing
    return ledger


def silent_ledgers(*, since: datetime) -> list[tuple[int, str]]:
    """Return (id, state) of the ledgers whose running step has not been heard of since then, for the sweep."""
    running = [LedgerState.READING, LedgerState.IMPORTING]
    rows = Ledger.objects.filter(state__in=running, beat_at__lt=since).order_by("pk")
    return list(rows.values_list("pk", "state"))


def ledger_rows(ledger: Ledger) -> QuerySet[LedgerRow]:
    """Return the rows of a ledger as read, with the bodies they were matched to."""
    return LedgerRow.objects.filter(ledger=ledger).select_related("organisation", "account")


def work_items(*, actor: User) -> list[WorkItem]:
    """Return what the register wants of this person today: returned filings, open ledgers, accounts to register."""
    return [*_returned(actor), *_unsent(actor), *_unconfirmed(actor), *_unregistered(actor)]


def _returned(actor: User) -> list[WorkItem]:
    rows = Filing.objects.filter(state=FilingState.RETURNED, created_by=actor).select_related("organisation")
    return [
        WorkItem(
            title=str(row), url=f"/desk/accounts/filings/{row.pk}/", kind="补正", organisation=str(row.organisation),
            state="退回补正", since=row.closed_at or row.created_at, due_text=row.return_comment[:80],
        )
        for row in rows.order_by("pk")[:MOST_WORK]
    ]  # fmt: skip


def _unsent(actor: User) -> list[WorkItem]:
    """Tell of drafts about what has happened already: the rules want them filed by a day."""
    rows = Filing.objects.filter(state=FilingState.DRAFT, created_by=actor, due_at__isnull=False)
    return [
        WorkItem(
            title=str(row), url=f"/desk/accounts/filings/{row.pk}/", kind="报送备案", state="没有提交",
            organisation=str(row.organisation), since=row.created_at, due=row.due_at,
        )
        for row in rows.select_related("organisation").order_by("due_at", "pk")[:MOST_WORK]
    ]  # fmt: skip


def late_filings(rows: QuerySet[Filing], value: bool) -> QuerySet[Filing]:  # noqa: FBT001 - shape of a lookup
    """Keep the filings that were sent after their day or still wait although it is past, or the others."""
    sent = Q(submitted_at__gt=F("due_at")) | Q(submitted_at=None, state=FilingState.DRAFT, due_at__lt=clock.now())
    return rows.filter(sent) if value else rows.exclude(sent)


def is_late(filing: Filing) -> bool:
    """Tell whether a filing was sent after its day, or still waits although it is past."""
    sent = filing.submitted_at or (clock.now() if filing.state == FilingState.DRAFT else None)
    return filing.due_at is not None and sent is not None and sent > filing.due_at


def _unconfirmed(actor: User) -> list[WorkItem]:
    waiting = [LedgerState.MAPPING, LedgerState.PREVIEW]
    rows = Ledger.objects.filter(state__in=waiting, uploaded_by=actor).select_related("organisation")
    return [
        WorkItem(
            title=f"台账：{row.file_name}", url=f"/desk/accounts/ledgers/{row.pk}/", kind="确认导入",
            organisation=str(row.organisation), state=row.get_state_display(), since=row.uploaded_at,
        )
        for row in rows.order_by("pk")[:MOST_WORK]
    ]  # fmt: skip


def _unregistered(actor: User) -> list[WorkItem]:
    rows = Account.objects.filter(in_scope(actor=actor, roles=[Role.HOST_OFFICER]), state=AccountState.APPROVED)
    return [
        WorkItem(
            title=row.name, url=f"/desk/accounts/{row.pk}/", kind="登记账号", organisation=str(row.organisation),
            state="已批准，待注册", since=row.changed_at,
        )
        for row in rows.select_related("organisation").order_by("pk")[:MOST_WORK]
    ]  # fmt: skip
