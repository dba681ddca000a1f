"""Publishing the register: files of one edition, made from the chain itself, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import connection, transaction

from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Refused
from zhijian.organisations.queries import installation
from zhijian.proof import documents
from zhijian.proof.actions.keys import current_key, sign
from zhijian.proof.actions.sealing import seal_all
from zhijian.proof.models import Edition
from zhijian.proof.queries.chain import head, moment_text, newest_edition, public_keys, standing
from zhijian.registry.enums import PUBLIC_STATES
from zhijian.registry.queries import platform_label

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from zhijian.proof.documents import Head
    from zhijian.proof.models import SigningKey

FOLDER: Final = "register"
STATES: Final = {str(state): str(state.label) for state in PUBLIC_STATES}
KEPT: Final = 3
PUBLISH_LOCK: Final = 0x5A4A_0BE3
SIGNED: Final = ("register.json", "manifest.json")
NAMES: Final = (
    "register.json", "register.json.sig", "register.csv", "manifest.json", "manifest.json.sig", "keys.json",
)  # fmt: skip


def register_folder() -> Path:
    """Return where the editions lie."""
    return Path(settings.ZHIJIAN_DATA) / FOLDER


def publish_register(*, always: bool = False) -> Edition | None:
    """Seal what is new and write a new edition; None when nothing changed since the last one (unless `always`).

    Raises Refused when the key does not open or the disk is full.
    """
    seal_all()
    with transaction.atomic():
        # The second publisher at the same moment leaves the work to the first.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [PUBLISH_LOCK])
            if not cursor.fetchone()[0]:
                return None
        edition = None if not always and _is_current() else _publish()
    _tidy()
    return edition


def _is_current() -> bool:
    last = newest_edition()
    if last is None or (last.seal_number, last.head) != tuple(head()) or last.key_id != current_key().pk:
        return False
    return all((register_folder() / last.folder / name).exists() for name in NAMES)


def _publish() -> Edition:
    draft = register_folder() / f".{secrets.token_hex(8)}"
    try:
        draft.mkdir(parents=True)
        edition = _write(draft)
        target = register_folder() / edition.folder
        shutil.rmtree(target, ignore_errors=True)
        draft.replace(target)
    except OSError as error:
        raise Refused(f"登记册文件写不进 {FOLDER} 目录（{error.strerror}）。请检查磁盘空间和权限。") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    edition.save(force_insert=True)
    return edition


def _write(draft: Path) -> Edition:
    founded, at, key = installation(), clock.now(), current_key()
    publisher = founded.government_name if founded else ""
    end = max(at, key.since)
    chain_head = head()
    shapes = list(standing(chain_head))
    accounts = [json.loads(shape) for shape in shapes]
    kinds = Counter((account["platform"], account["kind"]) for account in accounts)
    platforms = {f"{platform}:{kind}": platform_label(platform, kind) for platform, kind in kinds}
    files = {
        "register.json": _put(
            draft / "register.json",
            documents.register_pieces(publisher=publisher, head=chain_head, shapes=shapes),
        ),
        "register.csv": _put(
            draft / "register.csv",
            documents.register_rows(accounts, platforms=platforms, states=STATES),
        ),
        "keys.json": _put(draft / "keys.json", [documents.written({"format": documents.KEYS, "keys": public_keys()})]),
    }
    manifest = _manifest(publisher, chain_head, end, len(shapes), files, platforms)
    files["manifest.json"] = _put(draft / "manifest.json", [manifest])
    for name in SIGNED:
        files[f"{name}.sig"] = _put(draft / f"{name}.sig", [_signature(key, name, (draft / name).read_bytes())])
    return Edition(
        made_at=end, seal_number=chain_head.seal, head=chain_head.digest, accounts=len(shapes), key=key,
        folder=sha256_hex(manifest), files=files,
    )  # fmt: skip


def _manifest(
    publisher: str, chain_head: Head, at: datetime, accounts: int, files: dict[str, Any], platforms: dict[str, str]
) -> bytes:
    return documents.written(
        {
            "accounts": accounts,
            "address": settings.ZHIJIAN_BASE_URL,
            "files": dict(files),
            "format": documents.MANIFEST,
            "head": chain_head.as_json(),
            "made_at": moment_text(at),
            "platforms": platforms,
            "publisher": publisher,
            "states": STATES,
        }
    )


def _signature(key: SigningKey, name: str, data: bytes) -> bytes:
    return documents.written(
        {
            "algorithm": key.algorithm,
            "file": name,
            "format": documents.SIGNATURE,
            "key": key.name,
            "signature": sign(key, data),
        }
    )


def _put(path: Path, pieces: Iterable[bytes]) -> dict[str, object]:
    """Write a file to the disk itself; return its size and digest."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb", buffering=1 << 20) as file:
        for piece in pieces:
            file.write(piece)
            digest.update(piece)
            size += len(piece)
        file.flush()
        os.fsync(file.fileno())
    return {"bytes": size, "sha256": digest.hexdigest()}


def _tidy() -> None:
    """Remove the folders of editions long replaced; the last few stay for whoever is still reading them."""
    folder = register_folder()
    if not folder.exists():
        return
    kept = set(Edition.objects.order_by("-pk").values_list("folder", flat=True)[:KEPT])
    for path in folder.iterdir():
        if path.is_dir() and path.name not in kept and not path.name.startswith("."):
            shutil.rmtree(path, ignore_errors=True)
