"""Messages of followers. The rule is one line: a message that begins with 留言 becomes a case.

While that case is open, whatever the same follower writes next is added to it; 查询 tells where it stands. Anything
else gets the answer of the Q&A library where that is sure, and is otherwise left to a person at the platform's console.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.conf import settings

from zhijian.channels.queries import connection_by_id
from zhijian.inbox.actions.citizens import add_follower_word
from zhijian.inbox.actions.clocks import due_sentence
from zhijian.inbox.actions.personal import link_key
from zhijian.inbox.actions.receiving import is_follower_full, receive_from_wechat, sender_digest
from zhijian.inbox.enums import OPEN_STATES
from zhijian.inbox.models import Case, Incoming
from zhijian.inbox.queries.clocks import running_clock
from zhijian.knowledge.actions import auto_reply
from zhijian.lib import clock
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from zhijian.channels.models import Connection
    from zhijian.connectors.contract import InboundEvent

BEGINNING: Final = re.compile(r"\s*(?:我要)?留言[\s：:，,。.]*")
ASKING: Final = re.compile(r"\s*查询\s*")
HOW: Final = "请发送“留言”加上要说的事，例如：留言 柳湾路口的路灯坏了三天。"

FULL: Final = "您今天的留言已经很多，这一条没有收下。请明天再发，或直接回复补充；急事请拨打 12345。"


def take_message(*, connection_id: int, event: InboundEvent) -> str:
    """Make a case of a follower's message, or add to their open one; return what to answer at once, "" for nothing.

    Runs inside the transaction of the callback. A message the platform tells twice gives the same answer once more.
    """
    text = event.text.strip()
    if event.name != "text" or not text:
        return ""
    row = connection_by_id(connection_id)
    incoming, is_new = Incoming.objects.get_or_create(
        connection=row, dedupe_key=event.dedupe_key[:200], defaults={"received_at": clock.now()}
    )
    if is_new:
        incoming.case, incoming.answer = _take(row, event.sender, text)
        incoming.save(update_fields=["case", "answer"])
    return incoming.answer


def _take(row: Connection, openid: str, text: str) -> tuple[Case | None, str]:
    known = _open_case(row, openid)
    begins = BEGINNING.match(text)
    if known is not None and ASKING.fullmatch(text):
        return known, _standing(known)
    try:
        if begins is not None:
            return _begin(row, openid, text[begins.end() :].strip())
        if known is not None:
            return known, _added(add_follower_word(known.pk, text))
    except Refused as refused:
        return known, " ".join(refused.reasons)
    return None, auto_reply(organisation=row.organisation, text=text) or ""


def _begin(row: Connection, openid: str, words: str) -> tuple[Case | None, str]:
    if not words:
        return None, HOW
    if is_follower_full(row, openid):
        return None, FULL
    made = receive_from_wechat(row=row, openid=openid, text=words)
    running = running_clock(made.case)
    until = due_sentence(running) if running else ""
    return made.case, (
        f"已收到您的留言，编号 {made.case.number}。{until}"
        f"查看进度：{private_url(made.case, made.key)} 直接回复可以补充，发送“查询”看进度。"
    )


def _added(case: Case) -> str:
    return f"已补充到留言 {case.number}。"


def _standing(case: Case) -> str:
    running = running_clock(case)
    until = due_sentence(running) if running else ""
    return f"留言 {case.number}：{case.get_state_display()}。{until}查看进度：{private_url(case, link_key(case))}"


def private_url(case: Case, key: str) -> str:
    """Return the citizen's private address of a case."""
    return f"{settings.ZHIJIAN_BASE_URL}/messages/{case.number}/{key}/"


def _open_case(row: Connection, openid: str) -> Case | None:
    rows = Case.objects.filter(connection=row, sender_digest=sender_digest(openid), state__in=OPEN_STATES)
    return rows.select_related("organisation", "secret").order_by("-pk").first()
