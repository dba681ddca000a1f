"""How alike a reading is, and why, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zhijian.screening.lookalikes.folding import INSERTED_WORDS, dressed
from zhijian.screening.lookalikes.regions import KINDS
from zhijian.screening.lookalikes.shapes import likeness
from zhijian.screening.lookalikes.sounds import readings, signs
from zhijian.screening.lookalikes.tricks import Alike, Reason, Trick

if TYPE_CHECKING:
    from zhijian.screening.lookalikes.regions import Regions

# What a trick takes off, in characters of the official name.
_COST = {Trick.SOUND: 0.5, Trick.NEAR_SOUND: 0.7, Trick.SHAPE: 0.4, Trick.OTHER: 1.5, Trick.REGION: 1.0}
SWAPPED, ELSEWHERE, KNOWN_WORD, OWN_WORD, PER_CHARACTER = 0.6, 2.0, 0.4, 0.8, 0.1
LEAST = 0.5
# One character may be any other only in what the body does, when that has so many characters at least.
SHORTEST_DUTY = 3


class Reading(NamedTuple):
    """The asked name arranged as an official one: `arranged` has the characters of `bare_official` in their places."""

    official: str
    bare_official: str
    arranged: str
    gap: str
    swapped: str
    regions: Regions
    elsewhere: tuple[str, str] | None = None


def rated(name: str, found: list[Reading], *, most: int) -> tuple[Alike, ...]:
    """Return the likenesses worth telling, the best first, each official name once."""
    best: dict[str, Alike] = {}
    for reading in found:
        alike = _rate(name, reading)
        known = best.get(reading.official)
        if alike.score >= LEAST and (known is None or alike.score > known.score):
            best[reading.official] = alike
    return tuple(sorted(best.values(), key=lambda alike: (-alike.score, alike.official)))[:most]


def _rate(name: str, reading: Reading) -> Alike:
    cost, reasons = _elsewhere(*reading.elsewhere) if reading.elsewhere else _of_characters(reading)
    if reading.gap:
        more, reason = _inserted(reading)
        cost += more
        reasons.append(reason)
    if reading.swapped:
        cost += SWAPPED
        reasons.append(Reason(Trick.SWAPPED, f"“{reading.swapped}”"))
    reasons += dressed(name, reading.official)
    return Alike(reading.official, max(0.0, 1 - cost / (len(reading.bare_official) + 1)), tuple(reasons))


def _elsewhere(there: str, here: str) -> tuple[float, list[Reason]]:
    return ELSEWHERE, [Reason(Trick.REGION, f"“{here}”没有登记这个账号，“{there}”有")]


def _inserted(reading: Reading) -> tuple[float, Reason]:
    if reading.regions.holds(reading.gap):
        return OWN_WORD, Reason(Trick.REGION, f"多了“{reading.gap}”")
    cost = KNOWN_WORD if reading.gap in INSERTED_WORDS else OWN_WORD + PER_CHARACTER * len(reading.gap)
    return cost, Reason(Trick.INSERTED, f"“{reading.gap}”")


def _of_characters(reading: Reading) -> tuple[float, list[Reason]]:
    cost = 0.0
    told: dict[Trick, list[str]] = {}
    for place, (seen, meant) in enumerate(zip(reading.arranged, reading.bare_official, strict=True)):
        if seen != meant:
            trick, unlike = _trick(seen, meant)
            cost += _COST[trick] + unlike
            told.setdefault(trick, []).append(f"“{seen}”代“{meant}”")
            if trick is Trick.OTHER and not _may_be_any(reading, place):
                cost = float("inf")
    return cost, [Reason(trick, "、".join(details)) for trick, details in told.items()]


def _may_be_any(reading: Reading, place: int) -> bool:
    duty = reading.regions.duty(reading.bare_official)
    return duty[place] and SHORTEST_DUTY <= sum(duty) < len(duty)


def _trick(seen: str, meant: str) -> tuple[Trick, float]:
    """Return how one character stands for another, and how much less than it could be."""
    if set(readings(seen)) & set(readings(meant)):
        return Trick.SOUND, 0.0
    if seen in KINDS and meant in KINDS:
        return Trick.REGION, 0.0
    looks = likeness(seen, meant)
    if looks is not None:
        return Trick.SHAPE, looks
    return (Trick.NEAR_SOUND if set(signs(seen)) & set(signs(meant)) else Trick.OTHER), 0.0
