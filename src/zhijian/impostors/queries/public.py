"""What citizens may know: accounts that a body has found to be impostors, and nothing of mere reports."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from zhijian.impostors.enums import PUBLIC_STATES, CaseState
from zhijian.impostors.models import Case
from zhijian.lib import clock
from zhijian.registry.queries import platform_label
from zhijian.registry.queries.searching import address_key
from zhijian.screening.lookalikes import plain

if TYPE_CHECKING:
    from datetime import datetime

LONGEST = 500
SHORTEST_ID = 4
_WORDS = {
    CaseState.CONFIRMED: "请不要相信它发的内容，不要转账，不要填写个人信息。",
    CaseState.REQUESTED: "已经请平台处置。处置之前请不要相信它发的内容，不要转账，不要填写个人信息。",
    CaseState.REFUSED: "请不要相信它发的内容，不要转账，不要填写个人信息。",
}


@dataclass(frozen=True, slots=True)
class PublicImpostor:
    """What the public is told of a confirmed impostor; `found_on` is an ISO date, `official` the real name."""

    name: str
    platform_name: str
    body: str
    official: str
    official_number: str
    found_on: str
    is_gone: bool
    sentence: str

    verdict = "已认定的仿冒账号"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": self.verdict}


def public_impostor(text: str) -> PublicImpostor | None:
    """Return the confirmed impostor of exactly this name (folded), address or platform id; None for anything less.

    Never raises. Standing ones first, then the newest.
    """
    asked = "".join(letter for letter in text[:LONGEST] if letter.isprintable()).strip()
    name, link = plain(asked)[:80], address_key(asked) if "." in asked else ""
    condition = Q(name_key=name) if name else Q(pk__in=[])
    if link:
        condition |= Q(url_key=link)
    if len(asked) >= SHORTEST_ID:
        condition |= Q(platform_uid=asked)
    rows = Case.objects.filter(condition, state__in=PUBLIC_STATES).select_related("organisation", "account")
    found = sorted(rows.order_by("-confirmed_at")[:20], key=lambda case: case.state == CaseState.REMOVED)
    return _public(found[0]) if found else None


def _public(case: Case) -> PublicImpostor:
    platform = platform_label(case.platform) if case.platform else ""
    where = f"{platform}上的" if platform else ""
    told = f"{where}“{case.name}”仿冒{case.organisation.name}，{_day(case.confirmed_at)}认定。"
    gone = case.state == CaseState.REMOVED
    after = (
        f"平台已于{_day(case.ended_at)}处置（{case.get_remedy_display()}）。" if gone else _WORDS[CaseState(case.state)]
    )
    return PublicImpostor(
        name=case.name,
        platform_name=platform,
        body=case.organisation.name,
        official=case.account.name if case.account else "",
        official_number=case.account.number if case.account else "",
        found_on=case.confirmed_at.astimezone(clock.BEIJING).date().isoformat() if case.confirmed_at else "",
        is_gone=gone,
        sentence=told + after,
    )


def _day(moment: datetime | None) -> str:
    return f"{moment.astimezone(clock.BEIJING):%Y年%-m月%-d日}" if moment else ""
