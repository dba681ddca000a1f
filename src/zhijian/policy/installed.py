"""The operator's own folder of packs, keys and platforms (`ZHIJIAN_PACKS`), named once when the installation starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_folder: list[Path] = []


def use_folder(folder: Path | None) -> None:
    """Take what lies in a folder beside what is shipped, from now on; None: only what is shipped."""
    _folder[:] = [folder] if folder is not None else []


def own_folder() -> Path | None:
    """Return the operator's folder, None where there is none."""
    return _folder[0] if _folder else None
