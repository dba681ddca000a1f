"""The reading process itself: takes pictures and recordings from a socket, gives lines and codes back.

It ends when nobody asks.

Runs as `python -m zhijian.screening.pictures.child NUMBER` with the number of an open socket.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
from typing import TYPE_CHECKING, Any, Final

from zhijian.screening.pictures import wire
from zhijian.screening.pictures.opening import BadPicture, EngineFault

if TYPE_CHECKING:
    from collections.abc import Callable

IDLE: Final = 600.0
MEMORY: Final = 4 * 1024**3
CALM: Final = 10
FAULT: Final = "识别程序出错，这张图片没有检查。请稍后再试，或者人工核对图片上的文字。"


def main(number: int) -> None:
    """Answer until the other side is gone or has not asked for ten minutes."""
    os.nice(CALM)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from zhijian.screening.pictures.seeing import see  # noqa: PLC0415 - heavy: only in this process

    with socket.socket(fileno=number) as channel:
        channel.settimeout(IDLE)
        while True:
            try:
                data, file = wire.receive_with_file(channel)
            except (OSError, EOFError):
                return
            told = answer(data, see) if file is None else _watched(data, file)
            wire.send(channel, json.dumps(told, ensure_ascii=False).encode())


def _watched(options: bytes, file: int) -> dict[str, Any]:
    """Return what is sent back about a recording in an open file, which is closed here."""
    from zhijian.screening.recordings.watching import watch  # noqa: PLC0415 - heavy: only for recordings

    try:
        return watch(file, **json.loads(options))
    except BadPicture as error:
        return {"bad": str(error)}
    except Exception:  # noqa: BLE001 - libraries raise all kinds for damaged recordings; the process must go on
        return {"not_looked": "识别程序出错，画面没有检查。请用播放软件另存为 MP4（H.264）再试，或者人工核对。"}
    finally:
        os.close(file)


def answer(data: bytes, see: Callable[[bytes], dict[str, Any]]) -> dict[str, Any]:
    """Return what is sent back about a picture: what was read, or a sentence under `bad` or `not_looked`."""
    try:
        return see(data)
    except BadPicture as error:
        return {"bad": str(error)}
    except EngineFault:
        return {"not_looked": FAULT}
    except MemoryError:
        return {"not_looked": "图片太大，识别时内存不够。请缩小图片再试，或者人工核对。"}


if __name__ == "__main__":
    main(int(sys.argv[1]))
