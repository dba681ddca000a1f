"""What passes between a follower and an account: messages, passive answers, customer-service messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from zhijian.sandbox.state import Account, Chat, Delivery, World
from zhijian.sandbox.wechat.answers import Refusal, done
from zhijian.sandbox.wechat.cipher import unseal

if TYPE_CHECKING:
    from zhijian.sandbox.wechat.gate import Call

WINDOW: Final = 48 * 3600
MOST_IN_WINDOW: Final = 20
LONGEST: Final = 2048
SUCCESS: Final = frozenset({"", "success"})


def write(world: World, account: Account, openid: str, text: str) -> str:
    """Let a follower write; the message goes out as a callback. Return its number."""
    number, plain = world.number(), text.replace("]]>", "")
    xml = (
        f"<xml><ToUserName><![CDATA[{account.original_id}]]></ToUserName><FromUserName><![CDATA[{openid}]]>"
        f"</FromUserName><CreateTime>{int(world.now())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{plain}]]></Content><MsgId>{number}</MsgId></xml>"
    )
    account.chats.append(Chat(openid, "said", plain, world.now()))
    world.outbox.append(Delivery(account.appid, xml, world.now() + account.callback.delay, openid=openid))
    world.changed = True
    return number


def take_answer(world: World, account: Account, openid: str, body: str) -> bool:
    """Take what the callback address answered; tell whether the platform would accept it."""
    plain = body.strip()
    if plain in SUCCESS:
        return True
    text = _answer_text(account, plain)
    if text is None or not openid:
        return False
    account.chats.append(Chat(openid, "answer", text, world.now()))
    world.record("passive_answer", account.appid, openid=openid, text=text)
    return True


def _answer_text(account: Account, body: str) -> str | None:
    try:
        root = fromstring(body, forbid_dtd=True)
        encrypted = root.findtext("Encrypt")
        if encrypted:
            root = fromstring(unseal(account.callback.aes_key, encrypted), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    return root.findtext("Content") if root.findtext("MsgType") == "text" else None


def send(call: Call) -> dict[str, Any]:
    """Answer message/custom/send: a text to one follower, within 48 hours of what they last wrote."""
    openid = call.text("touser")
    words = call.body.get("text")
    text = str(words.get("content", "")) if isinstance(words, dict) else ""
    if call.body.get("msgtype") != "text" or not text:
        raise Refusal(40008)
    if len(text.encode()) > LONGEST:
        raise Refusal(45002)
    _check_window(call, openid)
    call.account.chats.append(Chat(openid, "service", text, call.world.now()))
    call.world.record("service_message", call.account.appid, openid=openid, text=text)
    return done()


def _check_window(call: Call, openid: str) -> None:
    mine = [chat for chat in call.account.chats if chat.openid == openid]
    said = max((chat.at for chat in mine if chat.kind == "said"), default=None)
    if said is None:
        raise Refusal(40003)
    if call.world.now() - said > WINDOW:
        raise Refusal(45015)
    if sum(chat.kind == "service" and chat.at >= said for chat in mine) >= MOST_IN_WINDOW:
        raise Refusal(45047)
