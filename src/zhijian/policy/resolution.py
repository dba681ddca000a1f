"""From a body's packs to one answer: which value of a rule holds today, by which document, and why this one.

The nearest pack with a value in force for the circumstances answers; inside a pack the most specific scope, and of
equally specific ones the later. Where the catalogue says which way is stricter, a proven stricter rule of a wider area
wins: a county cannot loosen what the State Council laid down. Values tagged M are defaults and bind nobody below.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from zhijian.lib.digests import canonical_json, sha256_hex
from zhijian.policy.enums import Evidence
from zhijian.policy.errors import NoValue, UnknownContext, UnknownKey
from zhijian.policy.loading import NATIONAL, PackSet, load_packs
from zhijian.policy.wording import context_text, scope_text, value_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from zhijian.policy.records import Document, KeyInfo, Pack, Value

T = TypeVar("T")


class Verdict(StrEnum):
    """What became of one value while an answer was looked for."""

    USED = "used"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    LESS_SPECIFIC = "less_specific"
    WIDER = "wider"
    LESS_STRICT = "less_strict"


@dataclass(frozen=True, slots=True)
class Resolved:
    """One answer with its proof. `value` has the type the catalogue names; `unit` is empty or days, hours and so on."""

    key: str
    title: str
    value: Any
    unit: str
    document: Document
    evidence: Evidence
    pack: str
    pack_name: str
    note: str
    effective_from: date
    effective_to: date | None
    source: Value
    trace: tuple[tuple[Value, Verdict], ...]
    policy: Policy
    context: Mapping[str, str]

    @property
    def text(self) -> str:
        """Tell the answer and its document in one Chinese sentence."""
        shown = value_text(self.value, self.policy.packs.catalogue.keys[self.key], self.policy.packs.catalogue)
        return f"{self.title}：{shown}。依据{self.document.citation}，{self.evidence.label}。"

    def explain(self) -> list[str]:
        """Tell in Chinese sentences which packs were asked, what they say and why this value holds."""
        return _explanation(self.policy, self.key, self.context, self.trace, self)


@dataclass(frozen=True, eq=False)
class Policy:
    """The rules of one body on one day: its packs, nearest first, the national one last."""

    codes: tuple[str, ...]
    on: date
    packs: PackSet

    @property
    def chain(self) -> tuple[Pack, ...]:
        return tuple(self.packs.pack(code) for code in self.codes)

    @property
    def version(self) -> str:
        """A digest of everything in force: two verdicts with the same version were judged by the same rules."""
        held = [
            [value.pack, value.key, value.scope.terms, str(value.effective_from), value.value]
            for pack in self.chain
            for _, values in sorted(pack.values.items())
            for value in values
            if value.in_force(self.on)
        ]
        return sha256_hex(canonical_json(held).encode())[:16]

    def value(self, key: str, **context: str | None) -> Resolved:
        """Answer one rule for these circumstances (level, kind, platform …; see the catalogue).

        A circumstance the key does not differ by is ignored, an unknown one refused.
        Raises `UnknownKey`, `UnknownContext`, and `NoValue` when no pack says anything.
        """
        found = self.find(key, **context)
        if found is None:
            raise NoValue("".join(self.explain(key, **context)))
        return found

    def find(self, key: str, **context: str | None) -> Resolved | None:
        """Answer like `value`, with None when no pack says anything. Raises `UnknownKey`, `UnknownContext`."""
        info = self.key_info(key)
        known = self._checked(info, context)
        trace, winner = self._judge(info, known)
        if winner is None:
            return None
        return Resolved(
            key=key,
            title=info.title,
            value=winner.value,
            unit=info.unit,
            document=winner.document,
            evidence=winner.evidence,
            pack=winner.pack,
            pack_name=self.packs.pack(winner.pack).name,
            note=winner.note,
            effective_from=winner.effective_from,
            effective_to=winner.effective_to,
            source=winner,
            trace=trace,
            policy=self,
            context=known,
        )

    def explain(self, key: str, **context: str | None) -> list[str]:
        """Tell in Chinese sentences how a rule is answered, also when there is no answer."""
        info = self.key_info(key)
        known = self._checked(info, context)
        found = self.find(key, **context)
        trace = found.trace if found else self._judge(info, known)[0]
        return _explanation(self, key, known, trace, found)

    def key_info(self, key: str) -> KeyInfo:
        """Return the catalogue entry of a key. Raises `UnknownKey`."""
        info = self.packs.catalogue.keys.get(key)
        if info is None:
            near = get_close_matches(key, self.packs.catalogue.keys, n=3)
            hint = f"是不是 {'、'.join(near)}？" if near else ""
            raise UnknownKey(f"规则目录里没有“{key}”。{hint}新键请先登记到 keys.toml。")
        return info

    def all_values(self, **context: str | None) -> list[Resolved]:
        """Answer every key of the catalogue that has an answer, for a page that lists the rules in force."""
        answers = (self.find(key, **context) for key in self.packs.catalogue.keys)
        return [answer for answer in answers if answer is not None]

    def integer(self, key: str, **context: str | None) -> int:
        """Answer a rule whose value is a whole number. Raises like `value`, and `TypeError` for another type."""
        return _typed(self.value(key, **context), int)

    def share(self, key: str, **context: str | None) -> float:
        """Answer a rule whose value is a share between 0 and 1. Raises like `integer`."""
        return _typed(self.value(key, **context), float)

    def flag(self, key: str, **context: str | None) -> bool:
        """Answer a yes-or-no rule. Raises like `integer`."""
        return _typed(self.value(key, **context), bool)

    def text(self, key: str, **context: str | None) -> str:
        """Answer a rule whose value is one word. Raises like `integer`."""
        return _typed(self.value(key, **context), str)

    def texts(self, key: str, **context: str | None) -> tuple[str, ...]:
        """Answer a rule whose value is a list of words. Raises like `integer`."""
        return _typed(self.value(key, **context), tuple)

    def table(self, key: str, **context: str | None) -> dict[str, Any]:
        """Answer a rule whose value is a table. Raises like `integer`."""
        return dict(_typed(self.value(key, **context), dict))

    def _checked(self, info: KeyInfo, context: Mapping[str, str | None]) -> dict[str, str]:
        catalogue = self.packs.catalogue
        known: dict[str, str] = {}
        for dimension, word in context.items():
            if dimension not in catalogue.words:
                raise UnknownContext(f"规则不按“{dimension}”区分。可以用：{'、'.join(catalogue.words)}。")
            words = catalogue.words[dimension]
            if word and words and word not in words:
                raise UnknownContext(f"{catalogue.titles[dimension]}“{word}”不认识。可以用：{'、'.join(words)}。")
            if word and dimension in info.context:
                known[dimension] = str(word)
        return known

    def _judge(
        self, info: KeyInfo, context: Mapping[str, str]
    ) -> tuple[tuple[tuple[Value, Verdict], ...], Value | None]:
        verdicts: list[tuple[Value, Verdict]] = []
        best: list[Value] = []
        for pack in self.chain:
            judged = [(value, _applies(value, context, self.on)) for value in pack.values.get(info.key, ())]
            fitting = [value for value, verdict in judged if verdict is Verdict.USED]
            if fitting:
                best.append(max(fitting, key=lambda value: (value.scope.specificity, value.effective_from)))
            verdicts += [
                (value, Verdict.LESS_SPECIFIC if verdict is Verdict.USED and value is not best[-1] else verdict)
                for value, verdict in judged
            ]
        if not best:
            return tuple(verdicts), None
        winner = _strictest(best, info.stricter)
        return tuple((value, _final(value, verdict, winner, best)) for value, verdict in verdicts), winner


def resolve(pack_codes: Sequence[str], *, on: date, packs: PackSet | None = None) -> Policy:
    """Put together the rules of a body on a day.

    `pack_codes` nearest first (county, city, province); the national pack is always added last. `packs` comes from
    `load_packs(extra_dir)`; without it the shipped packs answer. Raises `UnknownPack`.
    """
    codes = tuple(dict.fromkeys([*(code for code in pack_codes if code and code != NATIONAL), NATIONAL]))
    return _resolve(codes, on, packs or load_packs())


@lru_cache(maxsize=4096)
def _resolve(codes: tuple[str, ...], on: date, packs: PackSet) -> Policy:
    for code in codes:
        packs.pack(code)
    return Policy(codes, on, packs)


def _applies(value: Value, context: Mapping[str, str], on: date) -> Verdict:
    if not value.scope.matches(context):
        return Verdict.OUT_OF_SCOPE
    if on < value.effective_from:
        return Verdict.NOT_YET
    return Verdict.USED if value.in_force(on) else Verdict.EXPIRED


def _strictest(best: list[Value], stricter: str) -> Value:
    """Start from the nearest and let a proven, stricter rule of a wider pack win."""
    winner = best[0]
    for other in best[1:]:
        binding = other.evidence is not Evidence.MEMORY
        if (stricter == "lower" and binding and other.value < winner.value) or (
            stricter == "higher" and binding and other.value > winner.value
        ):
            winner = other
    return winner


def _final(value: Value, verdict: Verdict, winner: Value, best: list[Value]) -> Verdict:
    if verdict is not Verdict.USED or value is winner:
        return verdict
    return Verdict.LESS_STRICT if best.index(value) < best.index(winner) else Verdict.WIDER


def _typed(resolved: Resolved, kind: type[T]) -> T:
    value = resolved.value
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise TypeError(f"规则“{resolved.title}”（{resolved.key}）的值不是所要的类型，请按 keys.toml 里的类型取值。")
    return value


_VERDICT_TEXTS = {
    Verdict.OUT_OF_SCOPE: "不适用于这种情形",
    Verdict.NOT_YET: "还没有生效",
    Verdict.EXPIRED: "已经失效",
    Verdict.LESS_SPECIFIC: "有更具体的规定，不取",
    Verdict.WIDER: "下级已有规定，不取",
    Verdict.LESS_STRICT: "上级规定更严，不取",
    Verdict.USED: "采用",
}


def _explanation(
    policy: Policy,
    key: str,
    context: Mapping[str, str],
    trace: tuple[tuple[Value, Verdict], ...],
    found: Resolved | None,
) -> list[str]:
    catalogue = policy.packs.catalogue
    info = catalogue.keys[key]
    names = "、".join(pack.name for pack in policy.chain)
    asked = context_text(context, catalogue)
    sentences = [f"查“{info.title}”，日期{policy.on:%Y-%m-%d}{asked}；依次看：{names}。"]
    for pack in policy.chain:
        judged = [(value, verdict) for value, verdict in trace if value.pack == pack.code]
        sentences += [_judged_text(pack, value, verdict, policy) for value, verdict in judged]
        if not judged:
            sentences.append(f"{pack.name}没有这项规定。")
    if found is None:
        sentences.append("没有可用的规定。请在本地规则包里补上，并写明文件。")
    else:
        sentences.append(f"结论：{found.text}")
    return sentences


def _judged_text(pack: Pack, value: Value, verdict: Verdict, policy: Policy) -> str:
    catalogue = policy.packs.catalogue
    shown = value_text(value.value, catalogue.keys[value.key], catalogue)
    ends = f"至{value.effective_to}" if value.effective_to else "起"
    return (
        f"{pack.name}：{shown}（{scope_text(value.scope, catalogue)}，{value.effective_from}{ends}，"
        f"{value.document.citation}），{_VERDICT_TEXTS[verdict]}。"
    )
