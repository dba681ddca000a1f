"""A picture or PDF that shows what a person says."""

from __future__ import annotations

from dataclasses import dataclass

from zhijian.lib import clock
from zhijian.observation.actions import keep_evidence, proof_type

MOST_PROOF = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Proof:
    """The bytes of an upload; empty bytes: none was given."""

    data: bytes = b""
    name: str = ""


NO_PROOF = Proof()


def proof_problems(proof: Proof, *, needed: bool) -> list[str]:
    """Give what is wrong with a proof."""
    checks = [
        (needed and not proof.data, "请附截图或 PDF，说明看到的情况。"),
        (len(proof.data) > MOST_PROOF, "截图超过 10 MB，请压缩后再传。"),
        (bool(proof.data) and not proof_type(proof.data), "截图请用 PNG、JPEG、GIF、WebP 图片或 PDF。"),
    ]
    return [sentence for broken, sentence in checks if broken]


def keep_proof(proof: Proof) -> str:
    """Keep a proof that has no problems and return its SHA-256, "" for none."""
    return keep_evidence(proof.data, media_type=proof_type(proof.data), at=clock.now()) if proof.data else ""
