from __future__ import annotations

import json

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from zhijian.audit import actions, chain, queries
from zhijian.audit.events import EventName
from zhijian.audit.labels import LABELS
from zhijian.audit.models import Event, Seal, SealedEvent
from zhijian.lib.digests import GENESIS

pytestmark = pytest.mark.django_db(transaction=True)


def write(number: int) -> None:
    with transaction.atomic():
        actions.record(
            EventName.PERSON_CREATED,
            actor=None,
            organisation_id=7,
            thing_kind="organisations.person",
            thing_id=number,
            data={"n": number},
        )


def test_every_event_has_words_for_people() -> None:
    assert set(LABELS) == set(EventName)


def test_a_row_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError):
        actions.record(EventName.SIGNED_IN, actor=None, organisation_id=None, thing_kind="organisations.session")
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET name = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event CASCADE",
        "UPDATE audit_seal SET digest = 'x'",
        "DELETE FROM audit_seal",
        "DELETE FROM audit_sealedevent",
    ],
)
def test_the_database_refuses_to_change_the_log(statement: str) -> None:
    write(1)
    actions.seal_events()
    with pytest.raises(DatabaseError, match="insert-only"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.count() == Seal.objects.count() == SealedEvent.objects.count() == 1


def test_sealing_takes_every_settled_row_once_and_the_chain_holds() -> None:
    for number in range(3):
        write(number)
    assert actions.seal_events() == 3
    write(3)
    assert actions.seal_events() == 1
    assert actions.seal_events() == 0
    verdict = queries.verify_database()
    assert (verdict.events, verdict.seals, verdict.unsealed, verdict.intact) == (4, 2, 0, True)
    assert queries.verify_database(anchor=verdict.last_digest).intact


def test_a_row_whose_transaction_ends_late_comes_under_the_next_seal() -> None:
    write(1)
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "INSERT INTO audit_event (at, name, actor_label, thing_kind, thing_id, request, data)"
                " VALUES (now(), 'person.created', 'system', 'organisations.person', '2', '', '{}')"
            )
            write(3)
            assert actions.seal_events() == 2
            cursor.execute("COMMIT")
        assert actions.seal_events() == 1
    finally:
        other.close()
    last = Seal.objects.order_by("id").last()
    assert last is not None
    assert last.event_ids == [Event.objects.get(thing_id="2").pk]
    assert queries.verify_database().intact


def exported() -> list[str]:
    for number in range(4):
        write(number)
    actions.seal_events()
    write(4)
    actions.seal_events()
    return list(queries.export_lines())


def judge(lines: list[str], anchor: str = "") -> chain.Verdict:
    return chain.verify(*chain.read_export(lines), anchor=anchor)


def test_an_export_is_verified_without_the_database() -> None:
    verdict = judge(exported())
    assert (verdict.events, verdict.seals, verdict.faults) == (5, 2, ())


def test_every_kind_of_tampering_is_found() -> None:
    lines = exported()
    events = [line for line in lines if "event" in json.loads(line)]
    seals = [line for line in lines if "seal" in json.loads(line)]
    changed = [events[0].replace('"n":0', '"n":9'), *events[1:], *seals]
    assert not judge(changed).intact
    assert not judge([*events[1:], *seals]).intact
    assert not judge([*events, seals[1]]).intact
    anchor = judge(lines).last_digest
    assert not judge([*events[:4], seals[0]], anchor=anchor).intact
    assert judge([*events[:4], seals[0]]).intact


def test_a_line_that_is_no_export_names_its_number() -> None:
    with pytest.raises(ValueError, match="第 2 行"):
        chain.read_export(['{"event": {"id": 1}}', "not json"])


@settings(max_examples=60)
@given(st.lists(st.dictionaries(st.sampled_from(chain.FIELDS), st.text(), min_size=len(chain.FIELDS)), min_size=2))
def test_the_digest_depends_on_every_field_and_on_the_order(events: list[dict[str, object]]) -> None:
    digest = chain.seal_digest(GENESIS, events)
    assert digest == chain.seal_digest(GENESIS, [dict(event) for event in events])
    for field in chain.FIELDS:
        changed = [{**events[0], field: f"{events[0][field]}+"}, *events[1:]]
        assert chain.seal_digest(GENESIS, changed) != digest
    if events != events[::-1]:
        assert chain.seal_digest(GENESIS, events[::-1]) != digest
