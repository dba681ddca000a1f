"""Taking files in."""

from __future__ import annotations

import io
import os
import secrets
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.files.models import StoredFile
from zhijian.files.pictures import redraw
from zhijian.files.queries import path_of
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from zhijian.organisations.models import Organisation, User

MAX_BYTES = 10 * 1024 * 1024
# What a paper may be beside a picture: the first bytes tell, whatever the name says.
_PAPERS = {b"%PDF-": "application/pdf"}
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ASKED_AT_ONCE = 500


@transaction.atomic
def store_picture(*, actor: User | None, organisation: Organisation, name: str, data: bytes) -> StoredFile:
    """Keep a picture of a body, redrawn; the same bytes uploaded again give the same row.

    `actor` None is the system itself (demonstration, background import). Raises Refused when the picture is over
    10 MB, is damaged, or the person does not work with that body's content.
    """
    if actor is not None:
        require(Permission.FILE_UPLOAD, actor=actor, thing=organisation)
    if len(data) > MAX_BYTES:
        raise Refused("图片超过 10 MB。请压缩后再上传。")
    original = sha256_hex(data)
    known = StoredFile.objects.filter(organisation=organisation, original_sha256=original).first()
    if known is not None:
        return _claimed(known, actor)
    picture = redraw(data)
    told = {
        "original_sha256": original, "media_type": picture.media_type, "width": picture.width,
        "height": picture.height, "name": Path(name).name[:200] or "图片",
    }  # fmt: skip
    return _keep(actor, organisation, picture.data, told)


@transaction.atomic
def store_paper(*, actor: User, organisation: Organisation, name: str, data: bytes) -> StoredFile:
    """Keep a paper of a body: PDF and Word as they are, a picture redrawn; the same bytes give the same row.

    It is only ever given out as a download. Raises Refused over 10 MB, for other kinds of file, without the right.
    """
    require(Permission.FILE_UPLOAD, actor=actor, thing=organisation)
    if len(data) > MAX_BYTES:
        raise Refused(f"“{Path(name).name}”超过 10 MB。请压缩后再上传。")
    media_type = _paper_type(data)
    if not media_type:
        return store_picture(actor=actor, organisation=organisation, name=name, data=data)
    told = {"original_sha256": sha256_hex(data), "media_type": media_type, "name": Path(name).name[:200] or "材料"}
    return _keep(actor, organisation, data, told)


def _paper_type(data: bytes) -> str:
    """Tell what a paper is by its bytes, empty when it can only be a picture."""
    for start, media_type in _PAPERS.items():
        if data.startswith(start):
            return media_type
    if data.startswith(_PICTURES):
        return ""
    if not data.startswith(b"PK"):
        raise Refused("只收 PDF、Word（.docx）和图片。请另存为其中一种再上传。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused("这个文件打不开，可能已损坏。请另存为 PDF、Word（.docx）或图片再上传。") from error
    if "word/document.xml" not in inside:
        raise Refused("只收 PDF、Word（.docx）和图片。请另存为其中一种再上传。")
    return _WORD


def _keep(actor: User | None, organisation: Organisation, data: bytes, told: Mapping[str, object]) -> StoredFile:
    sha256 = sha256_hex(data)
    write_once(sha256, data)
    row, created = StoredFile.objects.get_or_create(
        organisation=organisation, sha256=sha256,
        defaults={**told, "size": len(data), "uploaded_by": actor, "uploaded_at": clock.now()},
    )  # fmt: skip
    if created:
        record(
            EventName.FILE_STORED,
            actor=actor,
            organisation_id=organisation.pk,
            thing_kind="files.file",
            thing_id=row.pk,
            data={"sha256": sha256, "size": row.size},
        )
    return row if created else _claimed(row, actor)


def _claimed(row: StoredFile, actor: User | None) -> StoredFile:
    """Return a picture that was there; one a citizen sent becomes a person's by being uploaded again, and stays."""
    if actor is not None and row.uploaded_by_id is None:
        StoredFile.objects.filter(pk=row.pk).update(uploaded_by=actor)
        row.uploaded_by = actor
    elif actor is None:
        StoredFile.objects.filter(pk=row.pk, uploaded_by=None).update(uploaded_at=clock.now())
    return row


def hold_pictures(sha256s: Collection[str]) -> set[str]:
    """Keep these pictures from being let go until the transaction ends; return the hashes that are gone already."""
    rows = StoredFile.objects.select_for_update(no_key=True).filter(sha256__in=sha256s).order_by("pk")
    return set(sha256s) - {row.sha256 for row in rows}


def discard_strays(*, before: datetime, held: Callable[[Collection[str]], set[str]]) -> int:
    """Let go of pictures no person of ours uploaded, taken in before `before` and held by nothing; return how many.

    `held` tells which of a few hundred hashes are in use; it is asked again with each row locked. The bytes go
    with the last row that names them.
    """
    rows = StoredFile.objects.filter(uploaded_by=None, uploaded_at__lt=before).order_by("pk")
    found = list(rows.values_list("pk", "sha256"))
    batches = [dict(found[start : start + ASKED_AT_ONCE]) for start in range(0, len(found), ASKED_AT_ONCE)]
    return sum(_discard_batch(batch, before, held) for batch in batches)


def _discard_batch(found: Mapping[int, str], before: datetime, held: Callable[[Collection[str]], set[str]]) -> int:
    used = held(set(found.values()))
    return sum(_discard(pk, before, held) for pk, sha256 in found.items() if sha256 not in used)


@transaction.atomic
def _discard(pk: int, before: datetime, held: Callable[[Collection[str]], set[str]]) -> bool:
    row = StoredFile.objects.select_for_update().filter(pk=pk, uploaded_by=None, uploaded_at__lt=before).first()
    if row is None or held([row.sha256]):
        return False
    record(
        EventName.FILE_DISCARDED, actor=None, organisation_id=row.organisation_id, thing_kind="files.file",
        thing_id=row.pk, data={"sha256": row.sha256},
    )  # fmt: skip
    row.delete()
    transaction.on_commit(lambda: _forget_bytes(row.sha256))
    return True


def _forget_bytes(sha256: str) -> None:
    if not StoredFile.objects.filter(sha256=sha256).exists():
        path_of(sha256).unlink(missing_ok=True)


def write_once(sha256: str, data: bytes) -> Path:
    """Write the bytes under their hash, whole or not at all; a file that is there already is left alone.

    Raises Refused when the disk is full.
    """
    target = path_of(sha256)
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{secrets.token_hex(8)}")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Refused(f"文件写不进 {settings.FILES_FOLDER.name} 目录，磁盘可能已满。请联系系统管理员。") from error
    return target
