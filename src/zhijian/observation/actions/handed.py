"""What reaches us without our looking: what we sent out ourselves, and what a person saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.observation.actions.recording import Sighting, keep_evidence, keep_sighting
from zhijian.observation.actions.sources import standing_source
from zhijian.observation.enums import Method
from zhijian.observation.reading.moments import EARLIEST
from zhijian.observation.reading.pages import words_of
from zhijian.observation.reading.seen import LONGEST_TEXT, LONGEST_TITLE, LONGEST_URL, SeenPost, clean, comparable
from zhijian.registry.queries import find_account

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from zhijian.observation.models import Look
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

MOST_PROOF: Final = 10 * 1024 * 1024
PROOFS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"%PDF-", "application/pdf"),
)
LONGEST_NOTE: Final = 500


@dataclass(frozen=True, slots=True)
class DeliveredPiece:
    """One piece as it went out: `name` is ours for ever, `url` where readers find it ("": not known), `body` HTML."""

    name: str
    url: str
    title: str
    body: str


def note_delivery(*, account_id: int, published_at: datetime, pieces: Sequence[DeliveredPiece]) -> Look:
    """Keep what this platform itself sent out to an account; it proves what was sent, never that nothing else was.

    Called by `publishing` in the transaction in which a delivery becomes published; repeating it doubles nothing.
    """
    at = clock.now()
    moment = min(published_at, at)
    source = standing_source(account_id=account_id, method=Method.OWN_DELIVERY)
    posts = [_delivered(piece, moment) for piece in pieces]
    return keep_sighting(source=source, sighting=Sighting(at, moment, moment, posts, sees_all=False))


def _delivered(piece: DeliveredPiece, moment: datetime) -> SeenPost:
    text, links = words_of(piece.body, base=piece.url)
    return SeenPost(
        url=piece.url[:LONGEST_URL], name=piece.name, title=clean(piece.title, LONGEST_TITLE), text=text, whole=True,
        links=links, published_at=moment,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class HandLook:
    """What a person saw on an account's page at `looked_at`.

    `last_post_at` None: there was no post back to `looked_back_to`. `proof` is a picture or PDF of what was seen.
    """

    looked_at: datetime
    last_post_at: datetime | None = None
    looked_back_to: datetime | None = None
    title: str = ""
    url: str = ""
    text: str = ""
    note: str = ""
    proof: bytes = b""
    proof_name: str = ""

    @property
    def start(self) -> datetime | None:
        return self.last_post_at or self.looked_back_to


def why_not_hand_look(*, actor: User, account: Account, look: HandLook) -> list[str]:
    """Give every reason why what a person saw cannot be kept."""
    reasons = why_not(Permission.LOOK_RECORD, actor=actor, thing=account)
    return reasons + [sentence for broken, sentence in _checks(look) if broken]


def _checks(look: HandLook) -> list[tuple[bool, str]]:
    start = look.start
    return [
        (look.looked_at > clock.now(), "查看时间在将来，请核对。"),
        (start is None, "请填写最近一条内容的发布时间；一条也没有时，填写往前看到了哪天。"),
        (start is not None and start < EARLIEST, "时间早于 2000 年，请核对。"),
        (start is not None and start > look.looked_at, "最近一条的发布时间晚于查看时间，请核对。"),
        (
            look.last_post_at is not None and not look.title.strip(),
            "请填写最近一条内容的标题，没有标题的填开头几个字。",
        ),
        (bool(look.url) and not comparable(look.url), "内容地址要以 http:// 或 https:// 开头；没有就不填。"),
        (len(look.proof) > MOST_PROOF, "截图超过 10 MB，请压缩后再传。"),
        (bool(look.proof) and not proof_type(look.proof), "截图请用 PNG、JPEG、GIF、WebP 图片或 PDF。"),
    ]


def proof_type(data: bytes) -> str:
    """Return the media type of a proof by its first bytes, "" for what is none."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in PROOFS if data.startswith(start)), "")


@transaction.atomic
def record_hand_look(*, actor: User, account_id: int, look: HandLook) -> Look:
    """Keep what a person saw. A watcher's look with a proof covers the time since the last post: nothing else came out.

    Who keeps the account does not say of it that nothing came out; without a proof a post is shown and not judged by.
    Raises Refused, Missing.
    """
    account = find_account(actor=actor, account_id=account_id)
    reasons = why_not_hand_look(actor=actor, account=account, look=look)
    if reasons or look.start is None:
        raise Refused(reasons)
    proof = keep_evidence(look.proof, media_type=proof_type(look.proof), at=clock.now()) if look.proof else ""
    evidence = {"note": look.note.strip()[:LONGEST_NOTE], "proof_name": look.proof_name[:200]}
    source = standing_source(account_id=account.pk, method=Method.HAND, actor=actor)
    sighting = Sighting(
        clock.now(),
        look.start,
        look.looked_at,
        _posts(look),
        sees_all=bool(proof) and not why_not(Permission.SOURCE_TRUST, actor=actor, thing=account),
        proof=proof,
        evidence=evidence,
        by=actor,
        proven=bool(proof),
    )
    kept = keep_sighting(source=source, sighting=sighting)
    record(
        EventName.LOOK_RECORDED, actor=actor, organisation_id=account.organisation_id, thing_kind="observation.source",
        thing_id=source.pk, data={"look": kept.pk, "account": account.pk, "snapshot": proof},
    )  # fmt: skip
    return kept


def _posts(look: HandLook) -> list[SeenPost]:
    if look.last_post_at is None:
        return []
    return [
        SeenPost(
            url=look.url.strip()[:LONGEST_URL], title=clean(look.title, LONGEST_TITLE),
            text=clean(look.text, LONGEST_TEXT), published_at=look.last_post_at,
        )
    ]  # fmt: skip
