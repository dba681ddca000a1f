"""The key to the wizard of an empty installation: a code in the data folder, shown in the terminal at the start.

Whoever reaches the web address first must not become the administrator; whoever started the machine may.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings


def _file() -> Path:
    return Path(settings.ZHIJIAN_DATA) / "setup_code"


def setup_code() -> str:
    """Return the code of this installation's wizard, made at the first call (eight digits, file mode 0600)."""
    path = _file()
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{secrets.randbelow(10**8):08d}")
    return path.read_text(encoding="ascii").strip()


def is_setup_code(text: str) -> bool:
    """Tell whether `text` is the code; compared in constant time."""
    return secrets.compare_digest(text.strip().encode(), setup_code().encode())


def forget_setup_code() -> None:
    """Remove the code once the installation is founded."""
    _file().unlink(missing_ok=True)
