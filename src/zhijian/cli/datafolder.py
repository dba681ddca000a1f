"""The data folder of an installation: where it is, whether it can be used, and who is using it."""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhijian.cli.problems import StartupProblem, explained

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).resolve().parents[3]
PROBE = b"0" * 65536


def folder() -> Path:
    """Return `ZHIJIAN_DATA`, or `var` in the checkout, and hold every child process to the same place."""
    chosen = Path(os.environ.get("ZHIJIAN_DATA") or CHECKOUT / "var").absolute()
    os.environ["ZHIJIAN_DATA"] = str(chosen)
    return chosen


def prepare() -> Path:
    """Make the data folder and prove that it can be read and written. Raises `StartupProblem`."""
    chosen = folder()
    probe = chosen / f".probe-{os.getpid()}"
    try:
        chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
        (chosen / "log").mkdir(mode=0o700, exist_ok=True)
        any(chosen.iterdir())
        probe.write_bytes(PROBE)
        probe.unlink()
    except OSError as error:
        raise explained(error, chosen) from error
    return chosen


@contextmanager
def held(chosen: Path) -> Iterator[None]:
    """Keep a second start away from `chosen` while this one runs. The lock dies with us, however we die."""
    path = chosen / "running.lock"
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read().strip() or "未知"
            raise StartupProblem(
                f"数据文件夹“{chosen}”正在使用（进程号 {holder}）。请先停掉它，或用 ZHIJIAN_DATA 换一个文件夹。"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def remembered(chosen: Path) -> dict[str, Any]:
    """Return what earlier starts noted down, empty at the first start."""
    try:
        found = json.loads((chosen / "start.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise StartupProblem(f"读不了“{chosen / 'start.json'}”。请检查它的内容和权限，或删掉它重新选择。") from error
    return found if isinstance(found, dict) else {}


def remember(chosen: Path, **facts: object) -> None:
    """Note `facts` for the next start; the file is replaced as a whole, so a kill leaves the old or the new one."""
    path = chosen / "start.json"
    new = path.with_suffix(".new")
    try:
        new.write_text(json.dumps(remembered(chosen) | facts, ensure_ascii=False, indent=2), encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise explained(error, chosen) from error
