"""Answers at work: given in WeChat, put into a reply, and whether they helped. Counted for no person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from django.db.models import F

from zhijian.knowledge.models import Question
from zhijian.knowledge.queries.finding import find_answers, in_force, public_questions
from zhijian.lib import clock
from zhijian.lib.digests import digest_of
from zhijian.lib.errors import Missing, Refused
from zhijian.lib.wording import meant_grams, plain

if TYPE_CHECKING:
    from zhijian.knowledge.queries.finding import Answer
    from zhijian.organisations.models import Organisation

A_DAY = 86_400
LONGEST_REPLY = 2_000
"""WeChat takes 2,048 bytes of text in a passive reply; the platform's own folder counts them, this is our share."""
ASKS_FOR_A_PERSON = ("写留言", "留言", "人工", "投诉", "举报", "建议")
LONGEST_ASKED = 100
FEWEST_PAIRS = 2
HINT = "没有解决？发送“留言”加上要说的事，由工作人员答复。"


def auto_reply(*, organisation: Organisation, text: str) -> str | None:
    """Return the reply to a follower's message, or None when no approved public answer is surely what was asked.

    Only approved words are sent, with their page and with the way to a person. A message that asks for a person, a
    long story, and a word too short to be a question are left to people.
    """
    asked = text.strip()
    if not asked or len(asked) > LONGEST_ASKED or plain(asked).startswith(ASKS_FOR_A_PERSON):
        return None
    if len(meant_grams(asked)) < FEWEST_PAIRS:
        return None
    answer = _sure(organisation, asked)
    if answer is None:
        return None
    note_use(question_id=answer.question_id)
    return reply_text(answer)


def _sure(organisation: Organisation, asked: str) -> Answer | None:
    """Choose the one sure answer: the nearest body's; where others say differently, none."""
    sure = [one for one in find_answers(text=asked, limit=5, organisation=organisation) if one.is_sure]
    line = {organisation.pk, *organisation.ancestor_ids}
    own = [one for one in sure if one.organisation_id in line]
    chosen = own or sure
    return chosen[0] if len({plain(one.answer) for one in chosen}) == 1 else None


def reply_text(answer: Answer) -> str:
    """Write an answer as a message: question, answer (cut at a line where it is long), owner, page, way to a person."""
    page = f"{settings.ZHIJIAN_BASE_URL.rstrip('/')}{answer.url}"
    head, foot = f"【{answer.question}】\n", f"\n\n答复单位：{answer.organisation_name}\n依据和全文：{page}\n{HINT}"
    room = LONGEST_REPLY - len((head + foot).encode())
    return f"{head}{_cut(answer.answer, room)}{foot}"


def _cut(text: str, room: int) -> str:
    if len(text.encode()) <= room:
        return text
    more = "……（内容较长，请看全文）"
    kept = text.encode()[: max(0, room - len(more.encode()))].decode(errors="ignore")
    whole, mark, _ = kept.rpartition("。")
    return f"{whole}{mark}{more}" if whole else f"{kept}{more}"


def note_use(*, question_id: int) -> None:
    """Count that an answer in force was given to somebody. An entry out of force counts nothing."""
    Question.objects.filter(pk=question_id, approved_version__isnull=False).update(uses=F("uses") + 1)


def note_vote(*, question_id: int, helped: bool, voter: str) -> bool:
    """Count a visitor's word on whether a public answer helped; tell whether it counted: once a day and visitor.

    `voter` is anything that tells visitors apart (an address); only a keyed digest of it is held, for a day, and it is
    kept with no answer. Raises Missing.
    """
    if not public_questions().filter(pk=question_id).exists():
        raise Missing
    key = digest_of({"voter": voter, "question": question_id, "day": str(clock.today()), "key": settings.SECRET_KEY})
    if not cache.add(f"knowledge.vote.{key}", 1, A_DAY):
        return False
    field = "helped" if helped else "unhelped"
    Question.objects.filter(pk=question_id).update(**{field: F(field) + 1})
    return True


def use_answer(*, question_id: int) -> str:
    """Return the words of an answer in force for a person's reply, and count the use. Raises Refused."""
    row = in_force().filter(pk=question_id).first()
    if row is None or row.approved_version is None:
        raise Refused("这条答问已停用或已过期，请另选一条。")
    note_use(question_id=question_id)
    return row.approved_version.answer
