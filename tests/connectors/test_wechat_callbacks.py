"""Callbacks: what is genuine is opened, everything else is refused for the right reason."""

from __future__ import annotations

import base64
import hashlib
import queue
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from zhijian.connectors.contract import EventKind, InboundEvent, ReceiptState
from zhijian.connectors.wechat import callback
from zhijian.connectors.wechat.callback import CallbackFault, CallbackRefused, CallbackSecrets
from zhijian.connectors.wechat.events import parse_event
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Callable

APPID = "wx0123456789abcdef"
TOKEN = "callback-token"
AES_KEY = base64.b64encode(hashlib.sha256(b"one").digest()).decode().rstrip("=")
OLD_KEY = base64.b64encode(hashlib.sha256(b"two").digest()).decode().rstrip("=")
SECRETS = CallbackSecrets(APPID, TOKEN, (AES_KEY,))
PLAIN = CallbackSecrets(APPID, TOKEN, mode="plain")
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=clock.BEIJING)
STAMP = str(int(NOW.timestamp()))
MESSAGE = (
    "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1780275600</CreateTime>"
    "<MsgType>text</MsgType><Content><![CDATA[路灯坏了 <急>]]></Content><MsgId>77</MsgId></xml>"
)
FINISHED = """<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[helper]]></FromUserName>
<CreateTime>1780275600</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[PUBLISHJOBFINISH]]></Event>
<PublishEventInfo><publish_id>2247503051</publish_id><publish_status>{status}</publish_status>{detail}</PublishEventInfo>
</xml>"""


def sealed(
    message: str = MESSAGE, *, key: str = AES_KEY, appid: str = APPID, token: str = TOKEN, stamp: str = STAMP
) -> tuple[dict[str, str], bytes]:
    """Build a callback with the code of wechatpy, not with ours."""
    xml = WeChatCrypto(token, key, appid).encrypt_message(message, "nonce1", stamp)
    encrypted = xml.split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    signature = xml.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    query = {"timestamp": stamp, "nonce": "nonce1", "msg_signature": signature, "encrypt_type": "aes"}
    return query, f"<xml><ToUserName>gh_1</ToUserName><Encrypt>{encrypted}</Encrypt></xml>".encode()


def signed_plain(stamp: str = STAMP, token: str = TOKEN) -> dict[str, str]:
    return {"timestamp": stamp, "nonce": "n", "signature": callback.sign(token, stamp, "n")}


def fault_of(secrets: CallbackSecrets, query: dict[str, str], body: bytes) -> CallbackFault:
    with clock.at(NOW), pytest.raises(CallbackRefused) as caught:
        callback.open_callback(secrets, query, body)
    return caught.value.fault


def test_a_message_sealed_by_another_implementation_is_opened() -> None:
    with clock.at(NOW):
        xml = callback.open_callback(SECRETS, *sealed())
    assert parse_event(xml) == InboundEvent(
        kind=EventKind.MESSAGE,
        dedupe_key="msg:77",
        sender="o1",
        recipient="gh_1",
        created_at=datetime.fromtimestamp(1780275600, UTC),
        name="text",
        text="路灯坏了 <急>",
        fields={
            "ToUserName": "gh_1",
            "FromUserName": "o1",
            "CreateTime": "1780275600",
            "MsgType": "text",
            "Content": "路灯坏了 <急>",
            "MsgId": "77",
        },
    )


def test_the_signature_is_sha1_over_the_sorted_parts() -> None:
    assert callback.sign("nonce", "abc", "123") == hashlib.sha1(b"123abcnonce").hexdigest()  # noqa: S324 -- the platform's choice


def test_what_we_seal_as_a_reply_is_opened_by_another_implementation() -> None:
    with clock.at(NOW):
        reply = callback.seal_reply(SECRETS, MESSAGE, nonce="n9")
    signature = reply.split("<MsgSignature><![CDATA[")[1].split("]]>")[0]
    assert WeChatCrypto(TOKEN, AES_KEY, APPID).decrypt_message(reply, signature, STAMP, "n9") == MESSAGE


def test_during_a_change_of_key_the_old_one_still_opens() -> None:
    both = CallbackSecrets(APPID, TOKEN, (AES_KEY, OLD_KEY))
    with clock.at(NOW):
        assert callback.open_callback(both, *sealed(key=OLD_KEY)) == MESSAGE.encode()


def test_the_address_check_gives_the_echo_back_verbatim() -> None:
    with clock.at(NOW):
        assert callback.check_address(SECRETS, signed_plain() | {"echostr": "<7 echo>"}) == "<7 echo>"
        with pytest.raises(CallbackRefused):
            callback.check_address(SECRETS, signed_plain(token="other") | {"echostr": "x"})


def test_every_kind_of_forgery_is_refused_for_its_own_reason() -> None:
    query, body = sealed()
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
    outside = b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml><Encrypt>x</Encrypt></xml>'
    early, late = (str(int((NOW + timedelta(minutes=minutes)).timestamp())) for minutes in (-6, 6))
    found = {
        "bad signature": fault_of(SECRETS, {**query, "msg_signature": "0" * 40}, body),
        "no signature": fault_of(SECRETS, {"timestamp": STAMP, "nonce": "nonce1"}, body),
        "changed body": fault_of(SECRETS, query, body.replace(b"<Encrypt>", b"<Encrypt>A")),
        "wrong token": fault_of(SECRETS, *sealed(token="other")),
        "wrong key": fault_of(SECRETS, *sealed(key=OLD_KEY)),
        "wrong appid": fault_of(SECRETS, *sealed(appid="wxffffffffffffffff")),
        "appid with a tail": fault_of(SECRETS, *sealed(appid=f"{APPID}x")),
        "too old": fault_of(SECRETS, *sealed(stamp=early)),
        "from the future": fault_of(SECRETS, *sealed(stamp=late)),
        "timestamp in words": fault_of(PLAIN, signed_plain("now"), MESSAGE.encode()),
        "other digits": fault_of(PLAIN, signed_plain("１７８０２７５６００"), MESSAGE.encode()),
        "huge": fault_of(SECRETS, query, b"x" * (callback.LARGEST_BODY + 1)),
        "bomb": fault_of(SECRETS, query, bomb),
        "outside entity": fault_of(SECRETS, query, outside),
        "bomb in plain": fault_of(PLAIN, signed_plain(), bomb),
        "not XML": fault_of(SECRETS, query, b"{}"),
        "plain where sealed is due": fault_of(SECRETS, signed_plain(), MESSAGE.encode()),
        "empty token": fault_of(CallbackSecrets(APPID, "", mode="plain"), signed_plain(token=""), MESSAGE.encode()),
    }
    assert found == {
        "bad signature": CallbackFault.BAD_SIGNATURE,
        "no signature": CallbackFault.BAD_SIGNATURE,
        "changed body": CallbackFault.BAD_SIGNATURE,
        "wrong token": CallbackFault.BAD_SIGNATURE,
        "wrong key": CallbackFault.BAD_CIPHER,
        "wrong appid": CallbackFault.WRONG_ACCOUNT,
        "appid with a tail": CallbackFault.WRONG_ACCOUNT,
        "too old": CallbackFault.STALE,
        "from the future": CallbackFault.STALE,
        "timestamp in words": CallbackFault.STALE,
        "other digits": CallbackFault.STALE,
        "huge": CallbackFault.TOO_BIG,
        "bomb": CallbackFault.BAD_XML,
        "outside entity": CallbackFault.BAD_XML,
        "bomb in plain": CallbackFault.BAD_XML,
        "not XML": CallbackFault.BAD_XML,
        "plain where sealed is due": CallbackFault.NOT_ENCRYPTED,
        "empty token": CallbackFault.BAD_SIGNATURE,
    }


def test_the_unsigned_plain_copy_of_the_compatible_mode_is_not_believed() -> None:
    query, body = sealed()
    forged = body.replace(b"</xml>", b"<MsgType>text</MsgType><Content>forged</Content></xml>")
    with clock.at(NOW):
        assert (
            callback.open_callback(CallbackSecrets(APPID, TOKEN, (AES_KEY,), "compat"), query, forged)
            == MESSAGE.encode()
        )


def test_a_replay_is_refused_and_a_forgery_does_not_use_up_the_nonce() -> None:
    seen: set[str] = set()

    def first_seen(digest: str) -> bool:
        new = digest not in seen
        seen.add(digest)
        return new

    query, body = sealed()
    with clock.at(NOW):
        with pytest.raises(CallbackRefused):
            callback.open_callback(SECRETS, {**query, "msg_signature": "0"}, body, first_seen=first_seen)
        assert seen == set()
        callback.open_callback(SECRETS, query, body, first_seen=first_seen)
        with pytest.raises(CallbackRefused) as caught:
            callback.open_callback(SECRETS, query, body, first_seen=first_seen)
    assert caught.value.fault is CallbackFault.REPLAYED


def padded(change: Callable[[bytes], bytes]) -> str:
    """Encrypt with a padding of our choice."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415 -- used here alone

    key = base64.b64decode(AES_KEY + "=")
    plain = b"r" * 16 + (2).to_bytes(4, "big") + b"hi" + APPID.encode()
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(change(plain)) + encryptor.finalize()).decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain + b"\x00" * (64 - len(plain)),
        lambda plain: plain[:16] + (9).to_bytes(4, "big") + b"hi, there" + plain[22:] + bytes([33]) * 33,
        lambda plain: plain + b"\x01" * (63 - len(plain)) + b"\x18",
        lambda plain: plain[:16] + (9999).to_bytes(4, "big") + plain[20:] + bytes([24]) * 24,
        lambda _plain: bytes([16]) * 16,
    ],
)
def test_bad_padding_and_bad_lengths_are_refused(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(CallbackRefused) as caught:
        callback.decrypt(AES_KEY, APPID, padded(change))
    assert caught.value.fault is CallbackFault.BAD_CIPHER


def test_a_finished_job_is_read_with_a_broken_article_id_and_repeated_fail_idx() -> None:
    detail = (
        "<article_id><![CDATA[abc\n def]]></article_id><article_detail><count>2</count>"
        "<item><idx>1</idx><article_url><![CDATA[https://mp.weixin.qq.com/s/a]]></article_url></item>"
        "<item><idx>2</idx><article_url><![CDATA[https://mp.weixin.qq.com/s/b]]></article_url></item></article_detail>"
    )
    event = parse_event(FINISHED.format(status=0, detail=detail).encode())
    assert (event.kind, event.publish_id, event.publish_status) == (EventKind.PUBLISH_FINISHED, "2247503051", 0)
    assert (event.article_id, event.refused_pieces) == ("abcdef", ())
    assert event.urls == {0: "https://mp.weixin.qq.com/s/a", 1: "https://mp.weixin.qq.com/s/b"}
    refused = parse_event(FINISHED.format(status=4, detail="<fail_idx>1</fail_idx><fail_idx>3</fail_idx>").encode())
    assert (refused.publish_status, refused.refused_pieces, refused.article_id) == (4, (0, 2), "")
    assert event.dedupe_key != refused.dedupe_key


def parsed_or_refused(body: bytes) -> InboundEvent | None:
    """Return the event, or None for the one refusal a parser may give."""
    try:
        return parse_event(body)
    except CallbackRefused as refused:
        if refused.fault is not CallbackFault.BAD_XML:
            raise
        return None


@given(st.binary(max_size=400))
def test_no_bytes_bring_the_parser_down(body: bytes) -> None:
    event = parsed_or_refused(body)
    assert event is None or event.dedupe_key


_names = st.sampled_from(
    ["MsgType", "Event", "CreateTime", "MsgId", "FromUserName", "Content", "EventKey", "publish_id", "fail_idx", "idx"]
)
_texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="<&]"), max_size=30),
    st.sampled_from(["event", "text", "PUBLISHJOBFINISH", "-1", "0", "99999999999999999999", "１", "²", "1e9"]),
)


@given(st.lists(st.tuples(_names, _texts), max_size=8), st.lists(st.tuples(_names, _texts), max_size=8))
def test_no_well_formed_callback_brings_the_parser_down(
    outer: list[tuple[str, str]], inner: list[tuple[str, str]]
) -> None:
    def written(fields: list[tuple[str, str]]) -> str:
        return "".join(f"<{name}>{text}</{name}>" for name, text in fields)

    xml = f"<xml><MsgType>event</MsgType>{written(outer)}<PublishEventInfo>{written(inner)}</PublishEventInfo></xml>"
    event = parsed_or_refused(xml.encode())
    assert event is None or all(position >= 0 for position in event.refused_pieces)


@given(st.binary(max_size=300), st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30))
def test_what_is_encrypted_is_decrypted(plain: bytes, appid: str) -> None:
    assert callback.decrypt(AES_KEY, appid, callback.encrypt(AES_KEY, appid, plain)) == plain


@given(st.text(max_size=200))
def test_no_cipher_text_brings_the_decryption_down(encrypted: str) -> None:
    with pytest.raises(CallbackRefused):
        callback.decrypt(AES_KEY, APPID, encrypted)


@pytest.mark.parametrize("mode", ["aes", "compat", "plain"])
def test_the_callback_of_a_real_publication_is_opened_and_read(worker: Any, mode: Any) -> None:
    heard: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.put((dict(parse_qsl(urlsplit(self.path).query)), body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name is the base class's
            pass

    server = HTTPServer(("127.0.0.1", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    worker.bench.settings(callback={"url": address, "token": TOKEN, "aes_key": AES_KEY, "mode": mode})
    worker.run()
    query, body = heard.get(timeout=10)
    server.shutdown()
    secrets = CallbackSecrets(worker.bench.account.uid, TOKEN, (AES_KEY,), mode)
    event = parse_event(callback.open_callback(secrets, query, body))
    job = worker.bench.look(f"accounts/{worker.bench.account.uid}/publications")[0]
    assert (event.publish_id, event.publish_status, event.article_id) == (job["publish_id"], 0, job["article_id"])
    assert [address.rsplit("/", 1)[1] for address in event.urls.values()] == job["slugs"]
    worker.state = worker.bench.connector.hear(worker.state, event)
    receipt = worker.run()
    assert (receipt.state, receipt.urls) == (ReceiptState.PUBLISHED, tuple(event.urls.values()))
