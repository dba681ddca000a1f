"""A pretend language model of the office's network: it would change four wordings and misbehaves by its name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

    from zhijian.sandbox.state import World

KEY: Final = "sandbox-model-key"
KNOWN: Final = {"布署": "部署", "按装": "安装", "截止目前": "截至目前", "搞好": "做好"}
TOO_LONG: Final = 2_000_000


async def complete(request: Request) -> Response:
    """POST a chat as OpenAI's interface has it; every chat that comes in is kept in the ledger."""
    world: World = request.app.state.world
    asked = json.loads(await request.body())
    world.record("model_asked", asked["model"], messages=asked["messages"])
    if request.headers.get("authorization") != f"Bearer {KEY}":
        return JSONResponse({"error": {"message": "bad key"}}, status_code=401)
    if asked["model"] == "moved":
        return RedirectResponse(f"{world.base_url}/model/v2/chat/completions", status_code=307)
    if asked["model"] == "missing":
        return JSONResponse({"error": {"message": "no such model"}}, status_code=404)
    return _answer(_said(asked["model"], asked["messages"][-1]["content"]))


def _said(name: str, text: str) -> str:
    if name == "talkative":
        return "好的，以下是校对意见：\n[]"
    if name == "endless":
        return "啊" * TOO_LONG
    if name == "twice":
        return '[{"wrong": "布署", "wrong": "按装", "right": "部署", "why": ""}]'
    found: list[dict[str, Any]] = [
        {"wrong": wrong, "right": right, "why": f"规范写法是“{right}”。"}
        for wrong, right in KNOWN.items()
        if wrong in text
    ]
    if name == "inventive":
        found = [*found, {"wrong": "文中没有的话", "right": "编出来的话", "why": "没有道理"}]
    if name == "chatty":
        found = [{**one, "more": 1} for one in found]
    return json.dumps(found, ensure_ascii=False)


def _answer(content: str) -> Response:
    return JSONResponse({"choices": [{"index": 0, "message": {"role": "assistant", "content": content}}]})


def routes() -> list[Route]:
    """Return the address of the model."""
    return [Route("/model/v1/chat/completions", complete, methods=["POST"])]
