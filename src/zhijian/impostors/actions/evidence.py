"""Snapshots: kept under their SHA-256, with who brought them and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.files.actions import write_once
from zhijian.files.pictures import redraw
from zhijian.impostors.actions.moving import THING_KIND, locked_case, note_change, write_entry
from zhijian.impostors.enums import EntryKind
from zhijian.impostors.models import Case, Evidence
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from zhijian.organisations.models import User

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_EVIDENCE: Final = 50
MOST_OF_CITIZENS: Final = 20
"""The rest of the places is for those who handle the case."""
TOO_MUCH: Final = f"一个案件最多 {MOST_EVIDENCE} 份证据。"
LONGEST_NOTE: Final = 300
_KINDS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
)


@dataclass(frozen=True, slots=True)
class Proof:
    """The bytes of an upload; empty bytes: none was given."""

    data: bytes = b""

    @property
    def media_type(self) -> str:
        if self.data[:4] == b"RIFF" and self.data[8:12] == b"WEBP":
            return "image/webp"
        return next((kind for start, kind in _KINDS if self.data.startswith(start)), "")


NO_PROOF: Final = Proof()


def proof_problems(proof: Proof, *, needed: bool) -> list[str]:
    """Give what is wrong with an upload."""
    checks = [
        (needed and not proof.data, "请选一张截图或一份 PDF。"),
        (len(proof.data) > MOST_BYTES, "截图超过 10 MB，请压缩后再传。"),
        (bool(proof.data) and not proof.media_type, "截图请用 PNG、JPEG、GIF、WebP 图片或 PDF。"),
    ]
    return [sentence for broken, sentence in checks if broken]


@transaction.atomic
def add_evidence(*, actor: User, case_id: int, proof: Proof, note: str = "", seen: int | None = None) -> Evidence:
    """Keep a snapshot of what the account shows, byte for byte and once. Raises Refused, Missing."""
    case = locked_case(actor, case_id, seen=seen)
    reasons = proof_problems(proof, needed=True)
    if len(note) > LONGEST_NOTE:
        reasons.append(f"说明最多 {LONGEST_NOTE} 个字。")
    if case.evidence.count() >= MOST_EVIDENCE:
        reasons.append(TOO_MUCH)
    if reasons:
        raise Refused(reasons)
    row = keep_evidence(case, proof.data, proof.media_type, actor=actor, note=note.strip())
    note_change(case)
    write_entry(case, EntryKind.EVIDENCE, actor=actor, text=f"{row.note or '截图'}，SHA-256 {row.sha256}")
    return row


def keep_citizens_picture(case: Case, proof: Proof) -> Evidence | None:
    """Keep a citizen's picture, redrawn without place and camera. Raises Refused when it is no picture.

    A case that has many of citizens' pictures keeps no more of them: its history says so, the words are kept anyway.
    """
    picture = redraw(proof.data)
    if case.evidence.filter(by=None).count() >= MOST_OF_CITIZENS or case.evidence.count() >= MOST_EVIDENCE:
        write_entry(case, EntryKind.REPORTED, actor=None, text="截图没有留：群众提供的截图已经够多。")
        return None
    return keep_evidence(case, picture.data, picture.media_type, actor=None, note="群众提供的截图")


def keep_evidence(case: Case, data: bytes, media_type: str, *, actor: User | None, note: str) -> Evidence:
    """Keep bytes as evidence of a case in the caller's transaction; the same bytes give the same row.

    Raises Refused when the case has all it can hold.
    """
    sha256 = sha256_hex(data)
    if case.evidence.count() >= MOST_EVIDENCE and not case.evidence.filter(sha256=sha256).exists():
        raise Refused(TOO_MUCH)
    write_once(sha256, data)
    row, is_new = Evidence.objects.get_or_create(
        case=case, sha256=sha256,
        defaults={"media_type": media_type, "size": len(data), "note": note, "at": clock.now(), "by": actor},
    )  # fmt: skip
    if is_new:
        record(
            EventName.IMPOSTOR_EVIDENCE_KEPT, actor=actor, organisation_id=case.organisation_id,
            thing_kind=THING_KIND, thing_id=case.pk, data={"sha256": sha256, "size": len(data)},
        )  # fmt: skip
    return row
