"""Past years from a file: columns are chosen, faults are shown, then rows are written batch by batch.

Reading and importing each commit what they did with how far they came, so a dead worker's step goes on where it was.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.files.actions import write_once
from zhijian.files.queries import path_of
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Missing, Refused
from zhijian.observation.actions.accounts import AccountIndex
from zhijian.observation.actions.recording import Sighting, keep_sighting
from zhijian.observation.actions.sources import standing_source
from zhijian.observation.enums import HistoryState, Method
from zhijian.observation.models import History, HistoryFault
from zhijian.observation.queries.sources import find_history
from zhijian.observation.reading import tables
from zhijian.observation.reading.seen import SeenPost, Unreadable
from zhijian.registry.queries import find_account

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from zhijian.organisations.models import Organisation, User

MOST_BYTES: Final = 64 * 1024 * 1024
BATCH: Final = 500
KEPT_FAULTS: Final = 1000
RUNNING: Final = (HistoryState.READING, HistoryState.IMPORTING)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person says of a file: which column is which, and whether it is all of a period."""

    columns: Mapping[str, str]
    complete: bool = False
    covers_from: datetime | None = None
    covers_to: datetime | None = None


@transaction.atomic
def upload_history(
    *, actor: User, organisation: Organisation, file_name: str, content: bytes, account_id: int | None = None
) -> History:
    """Take a file in and look at its columns; `account_id`: all rows are of this account. Raises Refused, Missing."""
    require(Permission.HISTORY_IMPORT, actor=actor, thing=organisation)
    account = find_account(actor=actor, account_id=account_id) if account_id else None
    if account is not None and not account.organisation.is_within(organisation):
        raise Missing
    if len(content) > MOST_BYTES:
        raise Refused("文件超过 64 MB。请按年份拆成几个文件，分次导入。")
    sha256 = sha256_hex(content)
    write_once(sha256, content)
    try:
        kind = tables.kind_of(file_name)
        heads, samples = tables.look_into(path_of(sha256), kind)
    except Unreadable as unreadable:
        raise Refused(unreadable.sentence) from unreadable
    history = History.objects.create(
        organisation=organisation, account=account, file_name=file_name[:200], kind=kind, sha256=sha256,
        size=len(content), heads=heads, samples=samples, columns=tables.guess_columns(heads), uploaded_by=actor,
        uploaded_at=clock.now(),
    )  # fmt: skip
    _record(EventName.HISTORY_UPLOADED, history, actor)
    return history


def why_not_choose(*, actor: User, history: History, choice: Choice) -> list[str]:
    """Give every reason why a file cannot be read with this choice."""
    reasons = why_not(Permission.HISTORY_IMPORT, actor=actor, thing=history)
    reasons += tables.column_problems(choice.columns, one_account=history.account_id is not None)
    unknown = sorted({*choice.columns.values()} - {*history.heads})
    if unknown:
        reasons.append(f"文件里没有这些列：{'、'.join(unknown)}。")
    return reasons + _period_problems(choice)


def _period_problems(choice: Choice) -> list[str]:
    if not choice.complete:
        return []
    if choice.covers_from is None or choice.covers_to is None:
        return ["勾选了“这一时段全部内容都在文件里”，请写明从哪天到哪天。"]
    if choice.covers_to > clock.now():
        return ["时段的结束日期在将来，请改到今天以前。"]
    return ["时段的结束早于开始，请核对。"] if choice.covers_to < choice.covers_from else []


@transaction.atomic
def choose_columns(*, actor: User, history_id: int, choice: Choice) -> History:
    """Say what the columns mean; the file is then read through in the background. Raises Refused, Missing."""
    history = _locked(actor, history_id)
    reasons = why_not_choose(actor=actor, history=history, choice=choice)
    if history.state == HistoryState.READING:
        reasons.append("文件正在检查，请等它做完，或先放弃。")
    if reasons:
        raise Refused(reasons)
    history.faults.all().delete()
    history.columns, history.complete = dict(choice.columns), choice.complete
    history.covers_from, history.covers_to = (choice.covers_from, choice.covers_to) if choice.complete else (None, None)
    _begin(history, HistoryState.READING)
    return history


@transaction.atomic
def confirm_history(*, actor: User, history_id: int) -> History:
    """Write the good rows of a file that was read through, in the background. Raises Refused, Missing."""
    history = _locked(actor, history_id)
    reasons = why_not_confirm(actor=actor, history=history)
    if reasons:
        raise Refused(reasons)
    history.summary = {"checked": history.summary}
    _begin(history, HistoryState.IMPORTING)
    _record(EventName.HISTORY_CONFIRMED, history, actor)
    return history


def why_not_confirm(*, actor: User, history: History) -> list[str]:
    """Give every reason why a file cannot be imported now."""
    reasons = why_not(Permission.HISTORY_IMPORT, actor=actor, thing=history)
    if history.state != HistoryState.PREVIEW:
        return reasons or ["请先核对各列，看过检查结果再确认。"]
    if not history.summary.get("good"):
        reasons.append("没有可以导入的行。请按下面的问题改好文件，重新上传。")
    faulty = history.summary.get("faulty", 0)
    if history.complete and faulty:
        # A row left out may be the only update of weeks: such a file is not all of the period.
        reasons.append(
            f"有 {faulty:,} 行有问题，不会导入，所以文件不是这一时段的全部内容。"
            "请改好文件重新上传；或重选各列，不勾选“这一时段全部内容都在文件里”。"
        )
    return reasons


@transaction.atomic
def discard_history(*, actor: User, history_id: int) -> History:
    """Give a file up before it is imported. Raises Refused, Missing."""
    history = _locked(actor, history_id)
    require(Permission.HISTORY_IMPORT, actor=actor, thing=history)
    history.state, history.beat_at = HistoryState.DISCARDED, None
    history.save(update_fields=["state", "beat_at"])
    _record(EventName.HISTORY_DISCARDED, history, actor)
    return history


def run_history(*, history_id: int) -> HistoryState:
    """Do what is left of the running step of a file, batch by batch; return where it stands. Never in a transaction.

    Two workers do no harm: each batch is taken under the lock of the row, from where the row says.
    """
    reader = _Reader()
    while True:
        with transaction.atomic():
            history = History.objects.select_for_update(no_key=True).get(pk=history_id)
            if history.state not in RUNNING:
                return HistoryState(history.state)
            _work(history, reader)


class _Reader:
    """Keeps a file open between batches; when the row stands elsewhere than the file, the file is opened anew."""

    def __init__(self) -> None:
        self._place: tuple[str, int] | None = None
        self._rows: Iterator[tables.Row] = iter(())

    def take(self, history: History) -> list[tables.Row]:
        """Return the next batch after what the row says is done. Raises Unreadable."""
        if self._place != (history.state, history.done):
            opened = tables.open_rows(path_of(history.sha256), history.kind)
            self._rows = islice(opened, history.done, None)
        rows = list(islice(self._rows, BATCH))
        self._place = (history.state, history.done + len(rows))
        return rows


def _work(history: History, reader: _Reader) -> None:
    """Do one batch, or end the step."""
    try:
        rows = reader.take(history)
    except Unreadable as unreadable:
        _end(history, HistoryState.MAPPING, message=unreadable.sentence)
        return
    if not rows:
        _finish(history)
        return
    step = _check if history.state == HistoryState.READING else _write
    step(history, rows)
    history.done += len(rows)
    history.total = max(history.total, history.done)
    history.beat_at = clock.now()
    history.save(update_fields=["done", "total", "summary", "beat_at"])


Good = tuple[int, SeenPost]


def _judged(history: History, rows: Sequence[tables.Row]) -> tuple[list[Good], list[HistoryFault]]:
    """Tell the good rows, as (account id, post), from the faulty ones; the same rows are always judged the same."""
    index = AccountIndex.of(history)
    good: list[Good] = []
    faults: list[HistoryFault] = []
    for number, cells in rows:
        found = _judge(history, cells, index)
        if isinstance(found, tables.Fault):
            faults.append(
                HistoryFault(
                    history=history, row=number, column=found.column[:100], sentence=found.sentence[:300],
                    sample=found.sample[:200],
                )
            )  # fmt: skip
        else:
            good.append(found)
    return good, faults


def _judge(history: History, cells: Mapping[str, str] | str, index: AccountIndex) -> Good | tables.Fault:
    if isinstance(cells, str):
        return tables.Fault("", cells)
    post = tables.read_post(cells, history.columns, at=history.uploaded_at)
    if isinstance(post, tables.Fault):
        return post
    if not _in_period(history, post):
        return tables.Fault(history.columns["published_at"], "发布时间不在您说明的时段里，请核对时段或这一行。")
    account = index.find(cells, history.columns)
    return account if isinstance(account, tables.Fault) else (account, post)


def _in_period(history: History, post: SeenPost) -> bool:
    if not history.complete or history.covers_from is None or history.covers_to is None or post.published_at is None:
        return True
    return history.covers_from <= post.published_at <= history.covers_to


def _check(history: History, rows: Sequence[tables.Row]) -> None:
    good, faults = _judged(history, rows)
    kept = history.summary.get("faulty", 0)
    HistoryFault.objects.bulk_create(faults[: max(0, KEPT_FAULTS - kept)])
    dates = [post.published_at.isoformat() for _, post in good if post.published_at]
    told = history.summary
    history.summary = {
        "good": told.get("good", 0) + len(good),
        "faulty": kept + len(faults),
        "accounts": sorted({*told.get("accounts", []), *(account for account, _ in good)}),
        "first": min([*dates, *filter(None, [told.get("first")])], default=None),
        "last": max([*dates, *filter(None, [told.get("last")])], default=None),
    }


def _write(history: History, rows: Sequence[tables.Row]) -> None:
    good, _ = _judged(history, rows)
    by_account: dict[int, list[SeenPost]] = defaultdict(list)
    for account, post in good:
        by_account[account].append(post)
    told = {"new": 0, "changed": 0, "same": 0, **history.summary}
    for account, posts in sorted(by_account.items()):
        look = _keep(history, account, posts)
        told["new"] += look.new
        told["changed"] += look.changed
        told["same"] += len(posts) - look.new - look.changed
    history.summary = told


def _keep(history: History, account_id: int, posts: Sequence[SeenPost]) -> Any:
    source = standing_source(account_id=account_id, method=Method.IMPORT, actor=history.uploaded_by)
    dates = [post.published_at for post in posts if post.published_at]
    at = clock.now()
    sighting = Sighting(
        at, min(dates), max(dates), posts, sees_all=False, evidence=_evidence(history), by=history.uploaded_by
    )
    return keep_sighting(source=source, sighting=sighting)


def _evidence(history: History) -> dict[str, Any]:
    """Name the file; its bytes may hold other bodies' rows, so they are shown on the file's own page only."""
    return {"file_name": history.file_name, "file_sha256": history.sha256, "history": history.pk}


def _finish(history: History) -> None:
    if history.state == HistoryState.READING:
        _end(history, HistoryState.PREVIEW)
        return
    accounts = [history.account_id] if history.account_id else history.summary["checked"]["accounts"]
    if history.complete and history.covers_from and history.covers_to:
        for account_id in accounts:
            source = standing_source(account_id=account_id, method=Method.IMPORT, actor=history.uploaded_by)
            keep_sighting(
                source=source,
                sighting=Sighting(
                    clock.now(), history.covers_from, history.covers_to, (), sees_all=True,
                    evidence=_evidence(history), by=history.uploaded_by,
                ),
            )  # fmt: skip
    history.imported_at = clock.now()
    _end(history, HistoryState.IMPORTED)
    _record(EventName.HISTORY_IMPORTED, history, history.uploaded_by)


def _begin(history: History, state: HistoryState) -> None:
    history.state, history.done, history.message, history.beat_at = state, 0, "", clock.now()
    if state is HistoryState.READING:
        history.summary, history.total = {}, 0
    history.save()


def _end(history: History, state: HistoryState, *, message: str = "") -> None:
    history.state, history.beat_at, history.message = state, None, message[:300]
    history.save(update_fields=["state", "beat_at", "message", "imported_at", "summary"])


def _locked(actor: User, history_id: int) -> History:
    find_history(actor=actor, history_id=history_id)
    rows = History.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation", "uploaded_by").get(pk=history_id)


def _record(event: EventName, history: History, actor: User) -> None:
    record(
        event, actor=actor, organisation_id=history.organisation_id, thing_kind="observation.history",
        thing_id=history.pk, data={"sha256": history.sha256, "rows": history.done},
    )  # fmt: skip
