"""The process a plug-in listens in: `python -m zhijian.screening.recordings.hearing package.module:name FILE`."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, cast

from zhijian.screening.recordings.listening import END, MOST_BYTES

if TYPE_CHECKING:
    from zhijian.screening.recordings.listening import Listener


def main(name: str, path: str) -> None:
    """Write what the plug-in hears as lines of JSON: seconds from, seconds to, words."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # What the plug-in prints must not be taken for what it heard.
    os.dup2(2, 1)
    module, _, attribute = name.partition(":")
    listener = cast("Listener", getattr(import_module(module), attribute))
    written = 0
    with channel:
        for at, until, text in listener(path):
            line = json.dumps([float(at), float(until), str(text)])
            written += len(line) + 1
            if written > MOST_BYTES:
                sys.exit(1)
            channel.write(line + "\n")
        channel.write(END.decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
