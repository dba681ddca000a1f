"""What the operator may set: every `ZHIJIAN_*` variable is read here and documented in docs/guide/管理员手册.md."""

from __future__ import annotations

import ipaddress
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

MODES = ("demonstration", "development", "production")


def mode() -> str:
    """Return how this start runs. Raises ValueError for an unknown name."""
    name = os.environ.get("ZHIJIAN_MODE", "development")
    if name not in MODES:
        raise ValueError(f"ZHIJIAN_MODE 只能是 {'、'.join(MODES)}，现在是“{name}”。")
    return name


def data_folder() -> Path:
    """Return the folder that holds the database, the uploads and the key; `var` beside the sources by default."""
    return Path(os.environ.get("ZHIJIAN_DATA") or Path(__file__).resolve().parents[3] / "var").absolute()


def secret_key() -> str:
    """Return the signing key: ZHIJIAN_SECRET_KEY, else the file in the data folder, made at the first start (0600)."""
    given = os.environ.get("ZHIJIAN_SECRET_KEY")
    if given:
        return given
    path = data_folder() / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def database(url: str | None = None) -> dict[str, Any]:
    """Translate DATABASE_URL (`postgresql://user:pass@host:port/name`, or `?host=/socket`) for Django.

    Raises ValueError for any other database: there is one engine and no second dialect.
    """
    address = url if url is not None else os.environ.get("DATABASE_URL", "")
    parts = urlsplit(address or "postgresql://zhijian@localhost/zhijian")
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL 必须是 PostgreSQL 地址，例如 postgresql://用户:密码@主机:5432/库名。")
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "zhijian",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": str(parts.port or query.get("port", [""])[0]),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 10},
    }


def networks(name: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Read a comma-separated variable of addresses and networks (`10.1.2.3`, `10.0.0.0/8`). Raises ValueError."""
    try:
        return tuple(ipaddress.ip_network(part) for part in listed(name))
    except ValueError as error:
        raise ValueError(f"{name} 只能写 IP 地址或网段，逗号分隔，例如 10.1.2.3,10.8.0.0/16。") from error


def second_factor(*, production: bool) -> str:
    """Return whether administrators and reviewers must set up a second factor. Raises ValueError for another word."""
    value = os.environ.get("ZHIJIAN_SECOND_FACTOR", "required" if production else "offered")
    if value not in {"required", "offered"}:
        raise ValueError(f"ZHIJIAN_SECOND_FACTOR 只能是 required 或 offered，现在是“{value}”。")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """Read a yes/no variable: 1, true, yes, on in any case mean yes."""
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() in {"1", "true", "yes", "on"}


def listed(name: str) -> list[str]:
    """Read a comma-separated variable."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]
