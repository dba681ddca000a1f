"""Putting the sandbox together."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from zhijian.sandbox import bots, control, language_model, pages, reader
from zhijian.sandbox.faults import FaultMiddleware
from zhijian.sandbox.pump import run_pump
from zhijian.sandbox.state import World, save
from zhijian.sandbox.wechat import routes as wechat

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp

STATIC = Path(__file__).parent / "static"


def create_app(world: World, *, state_file: Path | None = None) -> ASGIApp:
    """Return the ASGI application over a world; with `state_file` the world is kept there between runs."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        pump = asyncio.create_task(run_pump(world, state_file))
        yield
        pump.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await pump
        if state_file is not None:
            save(world, state_file)

    app = Starlette(
        routes=[
            Mount("/wechat", routes=wechat.routes()),
            Mount("/_ctl", routes=[*control.routes(), *bots.control_routes()]),
            Mount("/static", StaticFiles(directory=STATIC)),
            *bots.routes(),
            *language_model.routes(),
            *reader.routes(),
            *pages.routes(),
        ],
        lifespan=lifespan,
    )
    app.state.world = world
    return FaultMiddleware(app, world)
