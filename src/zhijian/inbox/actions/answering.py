"""Writing an answer, sending it to review, and what a case does when its review moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.events import EventName
from zhijian.inbox.actions.clocks import stop_clock
from zhijian.inbox.actions.moving import lock, locked_case, make_move, note_change, record_case, write_entry
from zhijian.inbox.enums import AnswerKind, EntryKind, Move
from zhijian.inbox.models import Answer, Case
from zhijian.inbox.queries.answers import blocking_of, route_of
from zhijian.inbox.queries.cases import ANSWER_KIND
from zhijian.lib import clock
from zhijian.lib.digests import digest_of
from zhijian.lib.errors import Refused
from zhijian.review import actions as review

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User

SHORTEST: Final = 10
LONGEST: Final = 5_000
LONGEST_NOTE: Final = 300
SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """An answer as it is written. `not_ours` names the body or office that is right (`right_body`, `right_address`).

    `note` says why a finding of the check stands; serious errors cannot be explained away.
    """

    text: str
    kind: str = AnswerKind.REPLY
    right_body: Organisation | None = None
    right_address: str = ""
    note: str = ""

    def settled(self) -> AnswerDraft:
        """Return what goes out: a plain answer names no other body, whatever an earlier wording left in the form."""
        return self if self.kind == AnswerKind.NOT_OURS else replace(self, right_body=None, right_address="")

    @property
    def content_hash(self) -> str:
        return digest_of({
            "kind": self.kind, "text": self.text.strip(), "right_address": self.right_address.strip(),
            "right_body": self.right_body.pk if self.right_body else None,
        })  # fmt: skip


def why_not_submit(*, actor: User, case: Case, draft: AnswerDraft) -> list[str]:
    """Give every reason why an answer cannot go to review."""
    reasons = why_not(Permission.ANSWER_WRITE, actor=actor, thing=case)
    if draft.kind == AnswerKind.NOT_OURS and draft.right_body == case.organisation:
        reasons.append(f"应找的单位不能是{case.organisation}自己。请选真正负责的单位；确由本单位办理的，改为“答复”。")
    return [*reasons, *answer_problems(draft), *_unmended(case, draft)]


def answer_problems(draft: AnswerDraft) -> list[str]:
    """Give what is wrong with the fields themselves."""
    size, not_ours = len(draft.text.strip()), draft.kind == AnswerKind.NOT_OURS
    checks = [
        (size < SHORTEST, f"答复太短。请把事情说清楚，至少写 {SHORTEST} 个字。"),
        (size > LONGEST, f"答复最长 {LONGEST:,} 个字，现在有 {size:,} 个。"),
        (draft.kind not in AnswerKind.values, "请选择是答复，还是告知不属于受理范围。"),
        (not_ours and not draft.right_address.strip(), "不属于受理范围的，要写明应找哪个单位、怎么联系。"),
        (len(draft.note) > LONGEST_NOTE, f"说明最长 {LONGEST_NOTE} 个字。"),
    ]
    return [sentence for broken, sentence in checks if broken]


def _unmended(case: Case, draft: AnswerDraft) -> list[str]:
    blocking, vetoes = blocking_of(case.organisation, f"{draft.text}\n{draft.right_address}")
    if vetoes:
        return [f"检查发现严重错误{_named(vetoes)}，请改正。"]
    if blocking and not draft.note.strip():
        return [f"检查发现{_named(blocking)}，请改正；确属误报的，在“检查提示的说明”里写明理由，审核人会看到。"]
    return []


def _named(excerpts: list[str]) -> str:
    more = f"等 {len(excerpts)} 处" if len(excerpts) > SHOWN else ""
    return "、".join(f"“{one[:12]}”" for one in excerpts[:SHOWN]) + more


@transaction.atomic
def submit_answer(*, actor: User, case_id: int, draft: AnswerDraft, seen: int | None = None) -> Answer:
    """Write an exact wording of the answer and send it to review. Its authors never sign (`review` holds it).

    Raises Refused with every reason, Missing.
    """
    case, draft = locked_case(actor, case_id, seen=seen), draft.settled()
    reasons = why_not_submit(actor=actor, case=case, draft=draft)
    if reasons:
        raise Refused(reasons)
    answer = _write(case, draft, actor)
    make_move(case, Move.SUBMIT, handler=case.handler or actor)
    title = f"留言答复 {case.number}" + ("" if case.is_confidential else f"：{case.title}")
    review.submit(
        thing_kind=ANSWER_KIND, thing_id=case.pk, version_hash=answer.content_hash, title=title,
        url=f"/desk/inbox/{case.pk}/", item_class=item_class(case), organisation=case.organisation,
        author_ids=_author_ids(case), actor=actor, route=route_of(case),
    )  # fmt: skip
    write_entry(case, EntryKind.SUBMITTED, f"答复第 {answer.number} 稿送审。", actor=actor, is_public=False)
    record_case(EventName.ANSWER_SAVED, case, actor, {"number": answer.number, "version": answer.content_hash})
    return answer


def item_class(case: Case) -> str:
    """Return the class by which the policy chooses the route."""
    return "confidential_answer" if case.is_confidential else "answer"


def _write(case: Case, draft: AnswerDraft, actor: User) -> Answer:
    number = Answer.objects.filter(case=case).count() + 1
    content_hash = digest_of({"case": case.pk, "number": number, "content": draft.content_hash})
    return Answer.objects.create(
        case=case, number=number, kind=draft.kind, text=draft.text.strip(), right_body=draft.right_body,
        right_address=draft.right_address.strip(), note=draft.note.strip(), content_hash=content_hash,
        written_by=actor, written_at=clock.now(),
    )  # fmt: skip


def _author_ids(case: Case) -> list[int]:
    return sorted(set(Answer.objects.filter(case=case).values_list("written_by_id", flat=True)))


def follow_approval(*, case_id: int, content_hash: str) -> None:
    """All have signed: the answer goes out by the channel the message came through, and stands on the private page."""
    case = lock(case_id)
    answer = Answer.objects.get(case=case, content_hash=content_hash)
    not_ours = answer.kind == AnswerKind.NOT_OURS
    stop_clock(case)
    make_move(case, Move.REDIRECT if not_ours else Move.ANSWER, sent_answer=answer, closed_at=clock.now())
    where = f"\n应找：{answer.right_address}" if not_ours else ""
    kind = EntryKind.REDIRECTED if not_ours else EntryKind.ANSWER
    write_entry(case, kind, f"{answer.text}{where}", actor=None, data={"answer": answer.pk})
    record_case(EventName.ANSWER_SENT, case, None, {"answer": answer.pk, "version": content_hash})


def follow_return(*, case_id: int, comment: str, actor: User | None = None) -> None:
    """Let the body write on: `actor` sent the answer back with a comment, or took it back. The clock never stopped."""
    case = lock(case_id)
    make_move(case, Move.TAKE_BACK)
    text = f"审核退回：{comment}" if comment else "撤回送审，继续修改。" if actor else "审核作废，继续修改。"
    write_entry(case, EntryKind.TAKEN_BACK, text, actor=actor, is_public=False)


def follow_void(*, case_id: int) -> None:
    """The review ended without a decision."""
    case = lock(case_id)
    if case.state == "in_review":
        follow_return(case_id=case_id, comment="")
    else:
        note_change(case)
