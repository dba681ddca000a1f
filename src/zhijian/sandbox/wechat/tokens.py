"""Access tokens: the old call that invalidates, and the stable one that does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, Response

from zhijian.sandbox.state import Account, Token, World, new_id
from zhijian.sandbox.wechat.answers import Refusal, refusal
from zhijian.sandbox.wechat.gate import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

LIFETIME: Final = 7200
OVERLAP: Final = 300
FORCED_A_DAY: Final = 20
FORCED_APART: Final = 30
_TOKEN_LENGTH: Final = 136
_DAY: Final = 86_400


async def token(request: Request) -> Response:
    """Answer GET /cgi-bin/token: a new token each time; the old one lives on for five minutes."""
    try:
        _require(request, "GET", 43001)
        return _given(_fresh_token(request, request.query_params))
    except Refusal as refused:
        return JSONResponse(refusal(refused.code))


async def stable_token(request: Request) -> Response:
    """Answer POST /cgi-bin/stable_token: the same token until five minutes before its end."""
    try:
        _require(request, "POST", 43002)
        return _given(_stable_token(request, read_json(await request.body())))
    except Refusal as refused:
        return JSONResponse(refusal(refused.code))


def _require(request: Request, method: str, code: int) -> None:
    if request.method != method:
        raise Refusal(code)


def _fresh_token(request: Request, facts: Mapping[str, Any]) -> tuple[str, int]:
    world: World = request.app.state.world
    account = _known_account(world, request, facts)
    for held in account.tokens:
        if held.kind == "plain":
            held.expires_at = min(held.expires_at, world.now() + OVERLAP)
    return _issue(world, account, "plain"), LIFETIME


def _stable_token(request: Request, facts: Mapping[str, Any]) -> tuple[str, int]:
    world: World = request.app.state.world
    account = _known_account(world, request, facts)
    if facts.get("force_refresh") is True:
        _count_forced(world, account)
        account.tokens = [held for held in account.tokens if held.kind != "stable"]
        return _issue(world, account, "stable"), LIFETIME
    for held in reversed(account.tokens):
        left = held.expires_at - world.now()
        if held.kind == "stable" and left > OVERLAP:
            return held.value, int(left)
    return _issue(world, account, "stable"), LIFETIME


def _known_account(world: World, request: Request, facts: Mapping[str, Any]) -> Account:
    if facts.get("grant_type") != "client_credential":
        raise Refusal(40002)
    if not facts.get("appid"):
        raise Refusal(41002)
    if not facts.get("secret"):
        raise Refusal(41004)
    account = world.accounts.get(str(facts["appid"]))
    if account is None:
        raise Refusal(40013)
    _check_entry(account, str(facts["secret"]), request.client.host if request.client else "")
    return account


def _check_entry(account: Account, secret: str, address: str) -> None:
    if account.secret != secret:
        raise Refusal(40125)
    if account.frozen:
        raise Refusal(40243)
    if account.allowed_ips and address not in account.allowed_ips:
        raise Refusal(40164)


def _count_forced(world: World, account: Account) -> None:
    account.forced_at = [at for at in account.forced_at if at > world.now() - _DAY]
    if len(account.forced_at) >= FORCED_A_DAY:
        raise Refusal(45009)
    if account.forced_at and world.now() - account.forced_at[-1] < FORCED_APART:
        raise Refusal(45011)
    account.forced_at.append(world.now())


def _issue(world: World, account: Account, kind: str) -> str:
    value = new_id(_TOKEN_LENGTH)
    account.tokens = [held for held in account.tokens if held.expires_at > world.now() - _DAY]
    account.tokens.append(Token(value, kind, world.now() + LIFETIME))
    world.record("token_issued", account.appid, token_kind=kind)
    return value


def _given(issued: tuple[str, int]) -> Response:
    value, lifetime = issued
    return JSONResponse({"access_token": value, "expires_in": lifetime})
