"""The pure arithmetic of the seal chain: usable on a file, with no database, by anyone who was given an export."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhijian.lib.digests import GENESIS, canonical_json, link_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

FIELDS = (
    "id", "at", "name", "actor_id", "actor_label", "organisation_id", "thing_kind", "thing_id", "address", "request",
    "data",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an examination of the log found. `faults` are Chinese sentences; `last_digest` is the anchor to keep."""

    events: int
    seals: int
    unsealed: int
    last_digest: str
    faults: tuple[str, ...]

    @property
    def intact(self) -> bool:
        return not self.faults


def seal_digest(previous: str, events: Iterable[Mapping[str, object]]) -> str:
    """Return the digest of one batch: SHA-256 over the previous digest and each event's canonical JSON, by lines."""
    return link_digest(previous, (canonical_json({field: event[field] for field in FIELDS}) for event in events))


def verify(
    events: Mapping[int, Mapping[str, object]], seals: Sequence[Mapping[str, object]], *, anchor: str = ""
) -> Verdict:
    """Walk the chain over `seals` (in order) and the events they name.

    `anchor` is a digest noted down earlier: when given, it must occur in the chain, which shows that the tail was
    not cut off and written anew.
    """
    faults: list[str] = []
    previous, seen = GENESIS, set[int]()
    digests = {GENESIS}
    for seal in seals:
        previous = _check_seal(seal, previous, events, seen, faults)
        digests.add(previous)
    if anchor and anchor not in digests:
        faults.append("记录里找不到您给出的封存指纹：链尾被截断或被改写过。请用备份比对，并通知审计管理员。")
    unsealed = len(events.keys() - seen)
    return Verdict(len(events), len(seals), unsealed, previous, tuple(faults))


def _check_seal(
    seal: Mapping[str, object],
    previous: str,
    events: Mapping[int, Mapping[str, object]],
    seen: set[int],
    faults: list[str],
) -> str:
    ids = [int(str(number)) for number in _list(seal["event_ids"])]
    absent = [number for number in ids if number not in events]
    doubled = [number for number in ids if number in seen]
    seen.update(ids)
    label = f"第 {seal['id']} 号封存"
    if seal["previous"] != previous:
        faults.append(f"{label}与前一号接不上：中间的封存被删或被改。")
    if absent:
        faults.append(f"{label}所列的 {len(absent)} 条记录不见了，最小编号 {min(absent)}。")
    elif doubled:
        faults.append(f"{label}重复列入了 {len(doubled)} 条记录。")
    elif seal_digest(str(seal["previous"]), (events[number] for number in ids)) != seal["digest"]:
        faults.append(f"{label}内至少一条记录被改过：编号 {ids[0]} 至 {ids[-1]}。")
    return str(seal["digest"])


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def read_export(lines: Iterable[str]) -> tuple[dict[int, dict[str, object]], list[dict[str, object]]]:
    """Read an export (one JSON object a line, `{"event": …}` or `{"seal": …}`) into events by id and seals in order.

    Raises ValueError, naming the line, when a line is neither.
    """
    events: dict[int, dict[str, object]] = {}
    seals: list[dict[str, object]] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if "event" in row:
                events[int(row["event"]["id"])] = row["event"]
            else:
                seals.append(row["seal"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"第 {number} 行不是操作记录的导出格式。请重新导出后再核对。") from error
    return events, seals
