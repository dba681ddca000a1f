"""The test bench under /_ctl: accounts, clock, faults, ledger. Not part of any pretended platform."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from zhijian.sandbox.faults import KINDS
from zhijian.sandbox.state import Account, Callback, Fault, World, new_id
from zhijian.sandbox.wechat.messages import write
from zhijian.sandbox.wechat.publications import finish_due_jobs

if TYPE_CHECKING:
    from starlette.requests import Request

_SETTABLE = frozenset({
    "name", "kind", "secret", "verified", "frozen", "allowed_ips", "consume", "publish_seconds", "review_words",
    "limits",
})  # fmt: skip


async def accounts(request: Request) -> Response:
    """POST registers or changes an account; GET lists them. Fields left out keep their value."""
    world: World = request.app.state.world
    if request.method == "GET":
        return JSONResponse([_shown(account) for account in world.accounts.values()])
    facts = await _facts(request)
    account = _account(world, facts)
    for name in _SETTABLE & facts.keys():
        setattr(account, name, facts[name])
    known = {field.name for field in fields(Callback)}
    callback = {name: value for name, value in (facts.get("callback") or {}).items() if name in known}
    account.callback = Callback(**{**asdict(account.callback), **callback})
    world.changed = True
    return JSONResponse(_shown(account))


async def faults(request: Request) -> Response:
    """POST adds a fault, GET lists what is left, DELETE forgets all."""
    world: World = request.app.state.world
    if request.method == "DELETE":
        world.faults.clear()
    elif request.method == "POST":
        facts = await _facts(request)
        if facts.get("kind") not in KINDS:
            return JSONResponse({"error": f"kind: one of {sorted(KINDS)}"}, status_code=400)
        world.faults.append(Fault(**facts))
    return JSONResponse([asdict(fault) for fault in world.faults if fault.times > 0])


async def under_way(request: Request) -> Response:
    """Tell how many requests have arrived and are not carried out yet, whether or not their callers still live."""
    world: World = request.app.state.world
    return JSONResponse({"requests": world.under_way})


async def ledger(request: Request) -> Response:
    """List every side effect; `kind`, `appid` and `key` narrow it down."""
    world: World = request.app.state.world
    finish_due_jobs(world)
    wanted = request.query_params
    return JSONResponse([entry for entry in world.ledger if _matches(entry, wanted)])


async def clock(request: Request) -> Response:
    """POST {"offset": seconds} or {"at": ISO time} or {"forward": seconds} sets the clock; GET reads it."""
    world: World = request.app.state.world
    if request.method == "POST":
        facts = await _facts(request)
        if "at" in facts:
            world.offset += datetime.fromisoformat(facts["at"]).timestamp() - world.now()
        else:
            world.offset = float(facts.get("offset", world.offset + float(facts.get("forward", 0))))
        finish_due_jobs(world)
    return JSONResponse({"now": world.now(), "offset": world.offset})


async def drafts(request: Request) -> Response:
    """List the draft box of an account."""
    world: World = request.app.state.world
    account = world.accounts[request.path_params["appid"]]
    return JSONResponse([asdict(draft) for draft in account.drafts])


async def publications(request: Request) -> Response:
    """List the publications of an account; POST {"article_id", "status": 5|6} lets one be taken back later."""
    world: World = request.app.state.world
    account = world.accounts[request.path_params["appid"]]
    finish_due_jobs(world)
    if request.method == "POST":
        facts = await _facts(request)
        for job in account.publications:
            if job.article_id == facts["article_id"]:
                job.status, job.deleted = int(facts["status"]), [True for _ in job.articles]
                world.record("publication_removed", account.appid, article_id=job.article_id, status=job.status)
    return JSONResponse([asdict(job) for job in account.publications])


async def say(request: Request) -> Response:
    """Let a follower write to an account: POST {"appid", "openid", "text"} goes out as a message callback."""
    world: World = request.app.state.world
    facts = await _facts(request)
    account = world.accounts[facts["appid"]]
    number = write(world, account, str(facts["openid"]), str(facts["text"]))
    return JSONResponse({"msg_id": number})


async def reset(request: Request) -> Response:
    """Forget everything."""
    world: World = request.app.state.world
    world.reset()
    return JSONResponse({"ok": True})


def routes() -> list[Route]:
    """Return the routes under /_ctl."""
    return [
        Route("/accounts", accounts, methods=["GET", "POST"]),
        Route("/accounts/{appid}/drafts", drafts),
        Route("/accounts/{appid}/publications", publications, methods=["GET", "POST"]),
        Route("/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/under_way", under_way),
        Route("/ledger", ledger),
        Route("/clock", clock, methods=["GET", "POST"]),
        Route("/messages", say, methods=["POST"]),
        Route("/reset", reset, methods=["POST"]),
    ]


async def _facts(request: Request) -> dict[str, Any]:
    facts = json.loads(await request.body())
    if not isinstance(facts, dict):
        raise TypeError("A JSON object is expected.")
    return facts


def _account(world: World, facts: dict[str, Any]) -> Account:
    appid = str(facts.get("appid") or f"wx{new_id(16)}")
    if appid not in world.accounts:
        name = str(facts.get("name") or "未命名账号")
        world.accounts[appid] = Account(appid, str(facts.get("secret") or new_id(32)), name, f"gh_{new_id(12)}")
    return world.accounts[appid]


def _shown(account: Account) -> dict[str, Any]:
    hidden = {"tokens", "materials", "drafts", "publications", "chats"}
    return {name: value for name, value in asdict(account).items() if name not in hidden}


def _matches(entry: dict[str, Any], wanted: Any) -> bool:
    plain = all(entry.get(name) == wanted[name] for name in ("kind", "appid") if name in wanted)
    return plain and ("key" not in wanted or wanted["key"] in entry.get("keys", []))
