"""Finding files and their bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from zhijian.files.models import StoredFile
from zhijian.lib.errors import Missing
from zhijian.organisations.enums import BUSINESS_ROLES
from zhijian.organisations.queries import in_scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from zhijian.organisations.models import User


def path_of(sha256: str) -> Path:
    """Return where the bytes of a hash lie. Raises Missing when `sha256` is not 64 hexadecimal digits."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):  # noqa: PLR2004 - SHA-256 in hexadecimal
        raise Missing
    return Path(settings.FILES_FOLDER) / sha256[:2] / sha256[2:4] / sha256


def visible_files(*, actor: User) -> QuerySet[StoredFile]:
    """Return the files of the bodies in the actor's scope."""
    return StoredFile.objects.filter(in_scope(actor=actor, roles=BUSINESS_ROLES))


def find_file(*, actor: User, sha256: str) -> StoredFile:
    """Return a file of the actor's scope by its hash. Raises Missing."""
    row = visible_files(actor=actor).filter(sha256=sha256).first()
    if row is None:
        raise Missing
    return row


def file_facts(sha256s: Iterable[str]) -> dict[str, StoredFile]:
    """Return size, media type and pixels by hash, for the rooms that hold the hashes. Rights are theirs to check."""
    return {row.sha256: row for row in StoredFile.objects.filter(sha256__in=list(sha256s))}


def read_bytes(sha256: str) -> bytes:
    """Return the bytes of a hash. Raises Missing when they are not on this disk."""
    try:
        return path_of(sha256).read_bytes()
    except OSError as error:
        raise Missing("文件不在这台机器的存储里。请联系系统管理员从备份恢复。") from error
