"""The event pump: finishes jobs, and tells the accounts' callback addresses, three times if it must."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from typing import TYPE_CHECKING, Final

import httpx2

from zhijian.sandbox.state import Account, Delivery, World, save
from zhijian.sandbox.wechat.cipher import seal, signature
from zhijian.sandbox.wechat.messages import take_answer
from zhijian.sandbox.wechat.publications import finish_due_jobs

if TYPE_CHECKING:
    from pathlib import Path

BEAT: Final = 0.1
ANSWER_WITHIN: Final = 5.0
TRIES: Final = 3


async def run_pump(world: World, state_file: Path | None) -> None:
    """Beat until cancelled."""
    async with httpx2.AsyncClient(timeout=ANSWER_WITHIN, follow_redirects=False) as client:
        sending: set[asyncio.Task[None]] = set()
        while True:
            finish_due_jobs(world)
            for delivery in _due(world):
                task = asyncio.create_task(_deliver(world, client, delivery))
                sending.add(task)
                task.add_done_callback(sending.discard)
            if state_file is not None and world.changed:
                save(world, state_file)
            await asyncio.sleep(BEAT)


def _due(world: World) -> list[Delivery]:
    due = [delivery for delivery in world.outbox if delivery.due_at <= world.now()]
    world.outbox = [delivery for delivery in world.outbox if delivery not in due]
    return due


async def _deliver(world: World, client: httpx2.AsyncClient, delivery: Delivery) -> None:
    account = world.accounts.get(delivery.appid)
    if account is None or not account.callback.url:
        return
    delivery.tries += 1
    query, body = _sealed(world, account, delivery.xml)
    accepted = False
    with contextlib.suppress(httpx2.HTTPError, httpx2.InvalidURL):
        response = await client.post(
            account.callback.url, params=query, content=body, headers={"Content-Type": "text/xml"}
        )
        accepted = response.status_code == httpx2.codes.OK and take_answer(
            world, account, delivery.openid, response.text
        )
    world.record("callback_sent", account.appid, accepted=accepted, attempt=delivery.tries)
    if not accepted and delivery.tries < TRIES:
        delivery.due_at = world.now() + account.callback.retry_seconds
        world.outbox.append(delivery)


def _sealed(world: World, account: Account, xml: str) -> tuple[dict[str, str], bytes]:
    callback = account.callback
    timestamp, nonce = str(int(world.now())), secrets.token_hex(5)
    token = "wrong" if callback.wrong_signature else callback.token
    query = {"timestamp": timestamp, "nonce": nonce, "signature": signature(token, timestamp, nonce)}
    if callback.mode == "plain":
        return query, xml.encode()
    encrypted = seal(callback.aes_key, account.appid, xml)
    query |= {"encrypt_type": "aes", "msg_signature": signature(token, timestamp, nonce, encrypted)}
    sealed = f"<Encrypt><![CDATA[{encrypted}]]></Encrypt>"
    if callback.mode == "compat":
        return query, xml.replace("</xml>", f"{sealed}</xml>").encode()
    return query, f"<xml><ToUserName><![CDATA[{account.original_id}]]></ToUserName>{sealed}</xml>".encode()
