"""The group bots of three office messengers: what they check, how they refuse, and the page that shows the groups.

Each answers HTTP 200 with its own shape of error. Addresses are those of the real ones behind the messenger's name.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from zhijian.sandbox.pages import page
from zhijian.sandbox.state import BEIJING, Bot, World, new_id

if TYPE_CHECKING:
    from starlette.requests import Request

NAMES: Final = {"wecom": "企业微信", "dingtalk": "钉钉", "feishu": "飞书"}
MINUTE: Final = 60.0
LIMITS: Final = {"wecom": 20, "dingtalk": 20, "feishu": 100}
PENALTY: Final = 600.0
STAMP_WINDOW: Final = 3_600.0
LARGEST: Final = 20_480
MOST_SHOWN: Final = 50


async def wecom(request: Request) -> Response:
    """Take a message as WeCom does."""
    world, bot = _bot(request, "wecom", request.query_params.get("key", ""))
    if bot is None:
        return _refuse(93000, "invalid webhook url")
    text = await _text(request)
    if text is None or len(text.encode()) > 2_048:  # noqa: PLR2004 -- the platform's limit for a text
        return _refuse(40058, "invalid text")
    if _too_fast(world, bot):
        return _refuse(45009, "api freq out of limit")
    return _said(world, bot, text, errcode=0, errmsg="ok")


async def dingtalk(request: Request) -> Response:
    """Take a message as DingTalk does; too many of them cost ten minutes."""
    world, bot = _bot(request, "dingtalk", request.query_params.get("access_token", ""))
    if bot is None:
        return _refuse(300001, "token is not exist")
    if not _dingtalk_signed(world, bot, request):
        return _refuse(310000, "sign not match")
    text = await _text(request)
    if text is None:
        return _refuse(40035, "缺少参数 json")
    if bot.blocked_until > world.now() or _too_fast(world, bot):
        bot.blocked_until = max(bot.blocked_until, world.now() + PENALTY)
        return _refuse(130101, "send too fast, exceed 20 times per minute")
    return _said(world, bot, text, errcode=0, errmsg="ok")


async def feishu(request: Request) -> Response:
    """Take a message as Feishu does; the signature stands in the body."""
    world, bot = _bot(request, "feishu", request.path_params["token"])
    if bot is None:
        return _refuse_feishu(19001, "param invalid: incoming webhook access token invalid")
    body = await _body(request)
    if bot.secret and not _feishu_signed(world, bot, body):
        return _refuse_feishu(19021, "sign match fail or timestamp is not within one hour from current time")
    content = body.get("content")
    text = content.get("text") if body.get("msg_type") == "text" and isinstance(content, dict) else None
    if not isinstance(text, str) or not text:
        return _refuse_feishu(9499, "Bad Request")
    if _too_fast(world, bot):
        return _refuse_feishu(11232, "frequency limited psm[lark.oapi.app_platform_runtime]")
    return _said(world, bot, text, code=0, msg="success", data={})


async def bots(request: Request) -> Response:
    """POST registers or changes a bot by `kind` and `token`; GET lists them with everything they said."""
    world: World = request.app.state.world
    if request.method == "POST":
        facts = await _body(request)
        if facts.get("kind") not in NAMES:
            return JSONResponse({"error": f"kind: one of {sorted(NAMES)}"}, status_code=400)
        token = str(facts.get("token") or new_id(32))
        bot = world.bots.setdefault(token, Bot(str(facts["kind"]), token))
        for name in {"name", "secret", "removed"} & facts.keys():
            setattr(bot, name, facts[name])
        world.changed = True
    return JSONResponse([_shown(bot) for bot in world.bots.values()])


async def groups(request: Request) -> Response:
    """Show what the groups were told, newest first."""
    world: World = request.app.state.world
    parts = "".join(_group(bot) for bot in world.bots.values())
    empty = "<p class=empty>还没有群机器人。在“通知”的渠道里添加沙箱机器人，或调用 <code>POST /_ctl/bots</code>。</p>"
    body = f"<h1>工作群收到的</h1><p class=lead>企业微信、钉钉、飞书的群机器人发来的消息。</p>{parts or empty}"
    return page("工作群收到的", body)


def routes() -> list[Route]:
    """Return the messengers' addresses and the page of the groups."""
    return [
        Route("/wecom/cgi-bin/webhook/send", wecom, methods=["POST"]),
        Route("/dingtalk/robot/send", dingtalk, methods=["POST"]),
        Route("/feishu/open-apis/bot/v2/hook/{token}", feishu, methods=["POST"]),
        Route("/groups/", groups),
    ]


def control_routes() -> list[Route]:
    """Return the route under /_ctl."""
    return [Route("/bots", bots, methods=["GET", "POST"])]


def _bot(request: Request, kind: str, token: str) -> tuple[World, Bot | None]:
    world: World = request.app.state.world
    bot = world.bots.get(token)
    return world, bot if bot is not None and bot.kind == kind and not bot.removed else None


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    try:
        facts = json.loads(raw) if len(raw) <= LARGEST else None
    except ValueError:
        facts = None
    return facts if isinstance(facts, dict) else {}


async def _text(request: Request) -> str | None:
    body = await _body(request)
    inner = body.get("text")
    text = inner.get("content") if body.get("msgtype") == "text" and isinstance(inner, dict) else None
    return text if isinstance(text, str) and text else None


def _dingtalk_signed(world: World, bot: Bot, request: Request) -> bool:
    if not bot.secret:
        return True
    stamp = request.query_params.get("timestamp", "")
    if not stamp.isdigit() or abs(world.now() - int(stamp) / 1_000) > STAMP_WINDOW:
        return False
    digest = hmac.new(bot.secret.encode(), f"{stamp}\n{bot.secret}".encode(), hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest).decode(), request.query_params.get("sign", ""))


def _feishu_signed(world: World, bot: Bot, body: dict[str, Any]) -> bool:
    stamp = str(body.get("timestamp", ""))
    if not stamp.isdigit() or abs(world.now() - int(stamp)) > STAMP_WINDOW:
        return False
    digest = hmac.new(f"{stamp}\n{bot.secret}".encode(), b"", hashlib.sha256).digest()
    return hmac.compare_digest(base64.b64encode(digest).decode(), str(body.get("sign", "")))


def _too_fast(world: World, bot: Bot) -> bool:
    recent = [one for one in bot.said if one["at"] > world.now() - MINUTE]
    return len(recent) >= LIMITS[bot.kind]


def _said(world: World, bot: Bot, text: str, **answer: Any) -> Response:
    bot.said.append({"at": world.now(), "text": text})
    world.record("bot_message", bot.token, messenger=bot.kind, text=text)
    return JSONResponse(answer)


def _refuse(code: int, message: str) -> Response:
    return JSONResponse({"errcode": code, "errmsg": message})


def _refuse_feishu(code: int, message: str) -> Response:
    return JSONResponse({"code": code, "data": {}, "msg": message})


def _shown(bot: Bot) -> dict[str, Any]:
    return {"kind": bot.kind, "token": bot.token, "name": bot.name, "said": bot.said}


def _group(bot: Bot) -> str:
    lines = "".join(
        f"<li><span class=title>{escape(one['text'])}</span><span class=quiet>{_moment(one['at'])}</span></li>"
        for one in reversed(bot.said[-MOST_SHOWN:])
    )
    rest = lines or "<li class=quiet>还没有消息。</li>"
    return f"<section><h2>{escape(bot.name)} <span class=quiet>{NAMES[bot.kind]}</span></h2><ul>{rest}</ul></section>"


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(BEIJING):%Y-%m-%d %H:%M}"
