"""Keeping the Q&A library: writing, sending to review, confirming, taking out of use."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.knowledge.actions.indexing import leave_index
from zhijian.knowledge.enums import Confidentiality, QuestionState
from zhijian.knowledge.models import Question, QuestionVersion
from zhijian.knowledge.queries.drafts import THING_KIND, draft_of_version, screen_answer
from zhijian.knowledge.queries.questions import (
    answer_route,
    confirm_days,
    find_question,
    question_author_ids,
)
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.actions import pinyin_key
from zhijian.review import actions as review
from zhijian.search.enums import Topic

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from zhijian.knowledge.queries.drafts import AnswerDraft
    from zhijian.organisations.models import Organisation, User
    from zhijian.review.models import Review

LONGEST_QUESTION = 120
LONGEST_ANSWER = 5_000
LONGEST_REASON = 200
MOST_SIMILAR = 20
MOST_QUESTIONS = 1_000
SHOWN = 3


def answer_problems(draft: AnswerDraft) -> list[str]:
    """Give what is wrong with the fields themselves; an unfinished draft is none, submission asks for more."""
    since, until = draft.valid_from, draft.valid_to
    checks = [
        (not draft.question.strip(), "请写问题。"),
        (len(draft.question) > LONGEST_QUESTION, f"问题最长 {LONGEST_QUESTION} 个字。"),
        (len(draft.answer) > LONGEST_ANSWER, f"答案最长 {LONGEST_ANSWER:,} 个字，太长请附链接。"),
        (len(draft.similar) > MOST_SIMILAR, f"相似问法最多 {MOST_SIMILAR} 条。"),
        (any(len(one) > LONGEST_QUESTION for one in draft.similar), f"每条相似问法最长 {LONGEST_QUESTION} 个字。"),
        (len(draft.basis) > LONGEST_REASON, f"依据最长 {LONGEST_REASON} 个字。"),
        (bool(draft.basis_url) and urlsplit(draft.basis_url).scheme not in {"http", "https"},
         "依据链接要以 http:// 或 https:// 开头。"),
        (bool(since and until and until < since), "停止日期早于开始日期，请核对。"),
        (draft.topic not in Topic.values, "主题不认识，请重新选择。"),
        (draft.confidentiality not in Confidentiality.values, "公开范围不认识，请重新选择。"),
    ]  # fmt: skip
    return [sentence for broken, sentence in checks if broken]


@transaction.atomic
def create_question(*, actor: User, organisation: Organisation, draft: AnswerDraft, note: str = "") -> Question:
    """Begin an entry of a body with its first version. Raises Refused with every reason."""
    reasons = [*why_not(Permission.QUESTION_WRITE, actor=actor, thing=organisation), *answer_problems(draft)]
    if reasons:
        raise Refused(reasons)
    moment = clock.now()
    entry = Question.objects.create(
        organisation=organisation, title=draft.question, confidentiality=draft.confidentiality, created_by=actor,
        created_at=moment, changed_at=moment,
    )  # fmt: skip
    _write_version(entry, draft, number=1, note=note, actor=actor)
    record_question(EventName.QUESTION_CREATED, entry, actor)
    return entry


@transaction.atomic
def create_questions(*, actor: User, organisation: Organisation, drafts: Sequence[AnswerDraft]) -> list[Question]:
    """Begin a whole list of entries, or none of it. Raises Refused naming the rows (counted from 1)."""
    if len(drafts) > MOST_QUESTIONS:
        raise Refused(f"一次最多导入 {MOST_QUESTIONS:,} 条，请分几次。")
    made: list[Question] = []
    problems: list[str] = []
    for number, draft in enumerate(drafts, start=1):
        try:
            made.append(create_question(actor=actor, organisation=organisation, draft=draft, note="导入"))
        except Refused as refused:
            problems += [f"第 {number} 条：{reason}" for reason in refused.reasons]
    if problems:
        raise Refused(problems)
    return made


def why_not_edit_question(*, actor: User, entry: Question) -> list[str]:
    """Give every reason why the words of an entry cannot be changed now."""
    reasons = why_not(Permission.QUESTION_WRITE, actor=actor, thing=entry.organisation)
    if entry.state == QuestionState.IN_REVIEW:
        reasons.append("这条答问正在审核，请先撤回送审再修改。")
    return reasons


@transaction.atomic
def save_question(
    *, actor: User, question_id: int, base_number: int, draft: AnswerDraft, note: str = ""
) -> QuestionVersion:
    """Save a new version upon version `base_number`; what is in force stays so until the new one is approved.

    Saving what is there already changes nothing. A withdrawn entry becomes a draft again. Raises Refused (somebody
    saved in between among the reasons), Missing.
    """
    entry = locked_question(actor, question_id)
    reasons = [*why_not_edit_question(actor=actor, entry=entry), *answer_problems(draft)]
    current = entry.newest
    if not reasons and current.number != base_number:
        reasons = [f"您打开后，{current.created_by}保存了第 {current.number} 版。请对照新的一版，再保存您的修改。"]
    if reasons:
        raise Refused(reasons)
    if draft.content_hash == current.content_hash and entry.state != QuestionState.WITHDRAWN:
        return current
    version = _write_version(entry, draft, number=current.number + 1, note=note, actor=actor)
    record_question(EventName.QUESTION_REVISED, entry, actor, {"number": version.number})
    return version


def _write_version(
    entry: Question, draft: AnswerDraft, *, number: int, note: str, actor: User
) -> QuestionVersion:  # fmt: skip
    version = QuestionVersion.objects.create(
        entry=entry, number=number, question=draft.question, similar=list(draft.similar), answer=draft.answer,
        basis=draft.basis, basis_number=draft.basis_number, basis_url=draft.basis_url, topic=draft.topic,
        valid_from=draft.valid_from, valid_to=draft.valid_to, confidentiality=draft.confidentiality,
        content_hash=draft.content_hash, note=note.strip()[:LONGEST_REASON], created_by=actor, created_at=clock.now(),
    )  # fmt: skip
    entry.current_version, entry.changed_at, entry.state = version, version.created_at, QuestionState.DRAFT
    entry.title, entry.sort_key = draft.question, pinyin_key(draft.question)
    entry.topic, entry.confidentiality, entry.override_reason = draft.topic, draft.confidentiality, ""
    entry.save()
    return version


def why_not_submit_question(*, actor: User, entry: Question, override_reason: str = "") -> list[str]:
    """Give every reason why the newest version cannot go to review."""
    reasons = why_not(Permission.QUESTION_WRITE, actor=actor, thing=entry.organisation)
    if entry.state not in {QuestionState.DRAFT, QuestionState.RETURNED}:
        reasons.append(f"这条答问{entry.get_state_display()}，不用再送审。")
    return reasons or [*_unready(draft_of_version(entry.newest)), *_unmended(entry, override_reason)]


def _unready(draft: AnswerDraft) -> list[str]:
    checks = [
        (not draft.answer.strip(), "答案还是空的，请先写答案。"),
        (not draft.basis.strip(), "请写明依据：文件名和字号，或规定出处。"),
        (bool(draft.valid_to and draft.valid_to < clock.today()), "有效期已经过了，请改有效期。"),
    ]
    return [sentence for broken, sentence in checks if broken]


def _unmended(entry: Question, override_reason: str) -> list[str]:
    found = screen_answer(organisation=entry.organisation, draft=draft_of_version(entry.newest))
    serious = [one for one in found if one.is_serious]
    doubtful = [one for one in found if one.asks_for_reason]
    if serious:
        return [f"检查发现{_named([one.excerpt for one in serious])}属严重错误，请改正后再送审。"]
    if doubtful and not override_reason.strip():
        return [f"检查发现{_named([one.excerpt for one in doubtful])}。请改正，确属误报的写明理由。"]
    return []


def _named(excerpts: Sequence[str]) -> str:
    more = f"等 {len(excerpts)} 处" if len(excerpts) > SHOWN else ""
    return "、".join(f"“{one[:12]}”" for one in excerpts[:SHOWN]) + more


@transaction.atomic
def submit_question(*, actor: User, question_id: int, override_reason: str = "") -> Review:
    """Send the newest version to review on the route of answers. Raises Refused with every reason, Missing.

    `override_reason` says why findings of the level 错误 are none; reviewers read it. A serious one is mended.
    """
    entry = locked_question(actor, question_id)
    reasons = why_not_submit_question(actor=actor, entry=entry, override_reason=override_reason)
    if len(override_reason) > LONGEST_REASON:
        reasons.append(f"误报理由最长 {LONGEST_REASON} 个字。")
    if reasons:
        raise Refused(reasons)
    version = entry.newest
    opened = review.submit(
        thing_kind=THING_KIND, thing_id=entry.pk, version_hash=version.content_hash, title=version.question,
        url=f"/desk/answers/{entry.pk}/", item_class="answer", organisation=entry.organisation,
        author_ids=sorted(question_author_ids(entry.pk)), actor=actor, route=answer_route(entry.organisation),
    )  # fmt: skip
    entry.state, entry.returned_comment, entry.changed_at = QuestionState.IN_REVIEW, "", clock.now()
    entry.override_reason = override_reason.strip()
    entry.save(update_fields=["state", "returned_comment", "changed_at", "override_reason"])
    return opened


def why_not_confirm(*, actor: User, entry: Question) -> list[str]:
    """Give every reason why this person cannot confirm that the answer in force still holds."""
    reasons = why_not(Permission.QUESTION_KEEP, actor=actor, thing=entry.organisation)
    version = entry.approved_version
    if version is None:
        reasons.append("没有在用的答案，不用复核。")
    elif version.valid_to is not None and version.valid_to < clock.today():
        reasons.append("有效期已过。要接着用，请修改有效期后重新送审。")
    return reasons


@transaction.atomic
def confirm_question(*, actor: User, question_id: int) -> Question:
    """Note that somebody looked and the answer in force still holds. Raises Refused, Missing."""
    entry = locked_question(actor, question_id)
    reasons = why_not_confirm(actor=actor, entry=entry)
    if reasons:
        raise Refused(reasons)
    entry.confirmed_by, entry.confirmed_at = actor, clock.now()
    entry.confirm_by, entry.helped, entry.unhelped = next_look(entry.organisation), 0, 0
    entry.save(update_fields=["confirmed_by", "confirmed_at", "confirm_by", "helped", "unhelped"])
    record_question(EventName.QUESTION_CONFIRMED, entry, actor, {"version": entry.approved_version_id})
    return entry


def next_look(organisation: Organisation) -> date:
    """Return the day by which an answer that was looked at today is looked at again."""
    return clock.today() + timedelta(days=confirm_days(organisation))


def why_not_withdraw_question(*, actor: User, entry: Question) -> list[str]:
    """Give every reason why an entry cannot be taken out of use now."""
    reasons = why_not(Permission.QUESTION_KEEP, actor=actor, thing=entry.organisation)
    if entry.state == QuestionState.WITHDRAWN:
        reasons.append("这条答问已经停用。")
    if entry.state == QuestionState.IN_REVIEW:
        reasons.append("有一版正在审核，请先撤回送审，再停用。")
    return reasons


@transaction.atomic
def withdraw_question(*, actor: User, question_id: int, reason: str) -> Question:
    """Take an entry out of use at once; what it said stays readable to its body. Raises Refused, Missing."""
    entry = locked_question(actor, question_id)
    reasons = why_not_withdraw_question(actor=actor, entry=entry)
    if not reason.strip() or len(reason.strip()) > LONGEST_REASON:
        reasons.append(f"请写明为什么停用，最多 {LONGEST_REASON} 个字。")
    if reasons:
        raise Refused(reasons)
    entry.state, entry.approved_version, entry.changed_at = QuestionState.WITHDRAWN, None, clock.now()
    entry.withdrawn_by, entry.withdrawn_at, entry.withdrawn_reason = actor, entry.changed_at, reason.strip()
    entry.confirm_by = None
    entry.save()
    leave_index(entry)
    review.void(thing_kind=THING_KIND, thing_id=entry.pk, actor=actor, reason="答问停用")
    record_question(EventName.QUESTION_WITHDRAWN, entry, actor)
    return entry


def locked_question(actor: User, question_id: int) -> Question:
    """Return an entry of the actor's scope, locked until the transaction ends. Raises Missing."""
    find_question(actor=actor, question_id=question_id)
    return question_locked(question_id)


def question_locked(question_id: int) -> Question:
    """Return an entry for the system's own work, locked until the transaction ends (docs/dev/adr/0050)."""
    Question.objects.select_for_update(no_key=True).filter(pk=question_id).values("pk").first()
    rows = Question.objects.select_related("organisation", "current_version__created_by", "approved_version")
    return rows.get(pk=question_id)


def record_question(
    event: EventName, entry: Question, actor: User | None, data: Mapping[str, object] | None = None
) -> None:
    """Write what happened to an entry into the log."""
    record(
        event,
        actor=actor,
        organisation_id=entry.organisation_id,
        thing_kind=THING_KIND,
        thing_id=entry.pk,
        data=dict(data or {}),
    )
