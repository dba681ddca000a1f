"""Scanning texts and keeping what was found: new findings, those seen again, those that ended. Twice is as once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zhijian.knowledge.queries import narrowed, rulesets_for
from zhijian.lib import clock
from zhijian.lib.copying import insert_new
from zhijian.lookback.enums import FindingState
from zhijian.lookback.models import Finding
from zhijian.screening import scan

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from zhijian.lookback.models import LookBack
    from zhijian.lookback.queries.archive import Text
    from zhijian.organisations.models import Organisation
    from zhijian.screening import Finding as Hit
    from zhijian.screening import RuleSet

AROUND: Final = 20
LONGEST_EXCERPT: Final = 200
LONGEST_SUGGESTION: Final = 300
LONGEST_MESSAGE: Final = 500

Key = tuple[str, int, str, str]
"""Kind, id of the text, rule, words: what makes a finding the same one."""
Sets = dict[int, "RuleSet"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many findings stand in some texts, and how many ended with them."""

    found: int
    ended: int


def rules_of(look_back: LookBack | None, bodies: Sequence[Organisation], rule_ids: Collection[str] = ()) -> Sets:
    """Return the rules to judge the texts of bodies by: all of them, or those a look-back or `rule_ids` names."""
    sets = rulesets_for(bodies)
    if look_back is not None and look_back.term_ids:
        rule_ids = {f"term.{pk}" for pk in look_back.term_ids}
    if look_back is not None and look_back.categories:
        chosen = set(look_back.categories)
        rule_ids = {rule.id for one in sets.values() for rule in one.rules if rule.category.value in chosen}
    if look_back is not None and not look_back.term_ids and not look_back.categories:
        return sets
    wanted = frozenset(rule_ids)
    return {pk: narrowed(one, wanted) for pk, one in sets.items()}


def bodies_of(texts: Sequence[Text]) -> list[Organisation]:
    """Return the bodies of some texts, each once."""
    return list({text.organisation.pk: text.organisation for text in texts}.values())


def judge(texts: Sequence[Text], sets: Sets, *, look_back: LookBack | None, asked: Collection[str] = ()) -> Outcome:
    """Scan texts and write down what was found; without a look-back nothing new is written, only what ended.

    A finding whose rule was asked for and is in the set no more has ended with its rule. A whole look-back asks for all
    rules, without a look-back `asked` are the ids of those.

    Runs in the caller's transaction. Four queries for any number of texts, and one for each finding that changes state.
    """
    hits = {key: hit for text in texts for key, hit in _hits(text, sets[text.organisation.pk]).items()}
    things = {(str(text.kind), text.thing_id): text for text in texts}
    known = _known(texts)
    whole = look_back is not None and not (look_back.term_ids or look_back.categories)
    if look_back is not None:
        insert_new([_new(things[key[:2]], hit, look_back) for key, hit in hits.items() if key not in known])
    seen = [_seen_again(row, things[key[:2]], hits[key]) for key, row in known.items() if key in hits]
    Finding.objects.bulk_update(seen, SEEN_FIELDS)
    ended = [
        row
        for key, row in known.items()
        if key not in hits
        and row.state == FindingState.OPEN
        and _ends(row, things[key[:2]], sets, lapses=whole or row.rule_id in asked)
    ]
    Finding.objects.bulk_update(ended, ["state", "state_at", "ended_version"])
    aside = sum(row.state == FindingState.SET_ASIDE for row in seen)
    return Outcome(len(hits) - aside, len(ended))


@dataclass(slots=True)
class Place:
    """The first place of a wording in a text, how often it stands there, and what stands around it."""

    hit: Hit
    places: int
    before: str
    after: str
    version: str


SEEN_FIELDS: Final = (
    "organisation", "version_id", "text_sha256", "title", "places", "before", "after", "message", "severity",
    "ruleset_version", "seen_at", "state", "state_at", "ended_version",
)  # fmt: skip


def _hits(text: Text, ruleset: RuleSet) -> dict[Key, Place]:
    if text.words is None or not ruleset.rules:
        return {}
    found = [
        hit for hit in scan(text.words, ruleset) if (hit.rule_id, hit.excerpt[:LONGEST_EXCERPT]) not in text.waived
    ]
    counted = Counter((hit.rule_id, hit.excerpt[:LONGEST_EXCERPT]) for hit in found)
    places: dict[Key, Place] = {}
    for hit in found:
        words = (hit.rule_id, hit.excerpt[:LONGEST_EXCERPT])
        before = text.words[max(0, hit.start - AROUND) : hit.start]
        after = text.words[hit.end : hit.end + AROUND]
        place = Place(hit, counted[words], _line(before), _line(after), ruleset.version)
        places.setdefault((str(text.kind), text.thing_id, *words), place)
    return places


def _line(words: str) -> str:
    return words.replace("\n", " ").replace("\x00", "")


def _known(texts: Sequence[Text]) -> dict[Key, Finding]:
    rows = Finding.objects.filter(thing_id__in={text.thing_id for text in texts}).select_for_update(no_key=True)
    wanted = {(str(text.kind), text.thing_id) for text in texts}
    return {
        (row.kind, row.thing_id, row.rule_id, row.excerpt): row
        for row in rows.order_by("pk")
        if (row.kind, row.thing_id) in wanted
    }


def _new(text: Text, place: Place, look_back: LookBack) -> Finding:
    hit, now = place.hit, clock.now()
    return Finding(
        organisation=text.organisation, account=text.account, kind=text.kind, thing_id=text.thing_id,
        version_id=text.version_id, text_sha256=text.sha256, title=text.title, url=text.url, desk_url=text.desk_url,
        published_at=text.published_at, rule_id=hit.rule_id, category=hit.category.value, severity=hit.severity.value,
        excerpt=hit.excerpt[:LONGEST_EXCERPT], before=place.before, after=place.after, places=place.places,
        message=hit.message[:LONGEST_MESSAGE], suggestion="、".join(filter(None, hit.suggestions))[:LONGEST_SUGGESTION],
        source=hit.source[:LONGEST_SUGGESTION], ruleset_version=place.version, look_back=look_back, found_at=now,
        seen_at=now, state_at=now,
    )  # fmt: skip


def _seen_again(row: Finding, text: Text, place: Place) -> Finding:
    """Bring a finding up to date; what had ended stands again, what was set aside stays so."""
    now = clock.now()
    row.organisation, row.version_id, row.text_sha256, row.title = (
        text.organisation, text.version_id, text.sha256, text.title,
    )  # fmt: skip
    row.places, row.before, row.after = place.places, place.before, place.after
    row.message, row.severity = place.hit.message[:LONGEST_MESSAGE], place.hit.severity.value
    row.ruleset_version, row.seen_at = place.version, now
    if row.state not in {FindingState.OPEN, FindingState.SET_ASIDE}:
        row.state, row.state_at, row.ended_version = FindingState.OPEN, now, None
    return row


def _ends(row: Finding, text: Text, sets: Sets, *, lapses: bool) -> bool:
    """Tell whether a finding that was not seen has ended, and how: never by a part of a text or by another rule."""
    there = row.rule_id in {rule.id for rule in sets[text.organisation.pk].rules}
    if text.words is None:
        state = FindingState.GONE
    elif not there and lapses:
        state = FindingState.LAPSED
    elif not there or not text.whole:
        return False
    elif text.version_id == row.version_id:
        state = FindingState.LAPSED
    else:
        state = FindingState.MENDED
    row.state, row.state_at, row.ended_version = state, clock.now(), text.version_id
    return True
