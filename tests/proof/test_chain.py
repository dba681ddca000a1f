"""Whatever code changes what the public sees, the chain has it, and the verifier finds what was altered."""

from __future__ import annotations

import json
import shutil
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from tests.proof.world import documents, make_register

from zhijian.lib.digests import canonical_json
from zhijian.lib.signing import known_providers
from zhijian.proof import queries
from zhijian.proof.actions import publish_register, register_folder, rotate_key, seal_all, seal_changes
from zhijian.proof.documents import SHAPE_FIELDS
from zhijian.proof.models import Change, Edition, Seal, SealedChange, SigningKey
from zhijian.proof.verifying import Report, Verifier
from zhijian.registry.actions import edit_account
from zhijian.registry.enums import PUBLIC_STATES, AccountState
from zhijian.registry.models import Account
from zhijian.registry.queries import public_account

if TYPE_CHECKING:
    from tests.proof.world import Register


def verified(files: list[tuple[str, bytes]], **more: str) -> Report:
    return Verifier(known_providers(""), **more).verify(files)


def told(after: int = 0) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (kind, name or how it ended, shape) of the changes after an id."""
    rows = Change.objects.filter(pk__gt=after).order_by("pk")
    return [(row.kind, json.loads(row.shape).get("name", ""), json.loads(row.shape)) for row in rows]


def last() -> int:
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def test_the_chain_holds_exactly_what_the_public_sees_in_canonical_json(register: Register) -> None:
    assert [(kind, name) for kind, name, _ in told()] == [
        ("entered", "东溪教育"), ("entered", '=东溪"健康"\\'), ("entered", "东溪卫健网"),
    ]  # fmt: skip
    for row in Change.objects.all():
        account = Account.objects.select_related("organisation").get(pk=row.account_id)
        shown = public_account(account)
        shape = {field: getattr(shown, field) for field in SHAPE_FIELDS if field != "kind"} | {"kind": account.kind}
        assert row.shape == canonical_json(shape)
    told_words = "".join(Change.objects.values_list("shape", flat=True))
    assert "王分管" not in told_words
    assert "0599" not in told_words


def test_every_way_of_changing_an_account_leaves_its_change_and_nothing_else_does(register: Register) -> None:
    wechat, gone = register.accounts["wechat"], register.accounts["gone"]
    rows = Account.objects.filter(pk=wechat.pk)
    before = last()
    rows.update(followers=9, remark="内部", leader="李分管")
    assert told(before) == []
    rows.update(name="东溪县教育")
    edit_account(actor=register.world.officer, account_id=wechat.pk, values={"opened_on": date(2020, 6, 1)})
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_account SET handle = 'dx' WHERE id = %s", [wechat.pk])
        cursor.execute(
            "UPDATE organisations_organisation SET name = '东溪县教育体育局' WHERE id = %s", [wechat.organisation_id]
        )
    with connection.cursor() as cursor:  # this is about any code at all, not about the filing it needs
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE registry_account DISABLE TRIGGER registry_account_ends")
    rows.update(state=AccountState.DEREGISTERED, closed_on=date(2026, 1, 31))
    rows.update(name="注销以后改的名")
    rows.update(state=AccountState.ACTIVE)
    rows.update(state=AccountState.UNFILED)
    Account.objects.filter(pk=gone.pk).update(state=AccountState.ACTIVE)
    Account.objects.filter(pk=gone.pk).delete()
    changes = told(before)
    assert [(kind, name) for kind, name, _ in changes] == [
        *[("changed", "东溪县教育")] * 4, ("left", ""),
        ("entered", "注销以后改的名"), ("left", ""), ("entered", "东溪健康旧号"), ("left", ""),
    ]  # fmt: skip
    assert changes[1][2]["opened_on"] == "2020-06-01"
    assert changes[2][2]["handle"] == "dx"
    assert changes[3][2]["body"] == "东溪县教育体育局"
    ends = [shape for kind, _, shape in changes if kind == "left"]
    assert ends == [
        {"closed_on": "2026-01-31", "state": "deregistered"},
        {"closed_on": "", "state": "withdrawn"},
        {"closed_on": "", "state": "withdrawn"},
    ]
    report = verified(documents())
    assert (report.faults, report.missing) == ([], [])


def test_public_states_are_the_same_for_the_database_and_for_the_program(register: Register) -> None:
    with connection.cursor() as cursor:
        for state in AccountState:
            cursor.execute("SELECT proof_is_public(%s)", [str(state)])
            assert cursor.fetchone()[0] == (state in PUBLIC_STATES), state


def test_a_bulk_upsert_tells_new_and_changed_rows_apart(register: Register) -> None:
    before = last()
    rows = [register.accounts["wechat"], register.accounts["site"]]
    rows[0].name = "东溪教育发布"
    Account.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=["name", "followers"])
    assert [(kind, name) for kind, name, _ in told(before)] == [("changed", "东溪教育发布")]


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return True
    return False


def test_postgresql_itself_refuses_to_rewrite_chain_and_keys(register: Register) -> None:
    seal_all()
    for table in ("proof_change", "proof_seal", "proof_sealedchange", "proof_signingkey"):
        assert refused(f"DELETE FROM {table}"), table  # noqa: S608 - the names stand above
        assert refused(f"TRUNCATE {table} CASCADE"), table
    assert refused("UPDATE proof_change SET shape = '{}'")
    assert refused("UPDATE proof_seal SET digest = repeat('0', 64)")
    assert refused("UPDATE proof_sealedchange SET seal_id = 1")
    assert refused("UPDATE proof_signingkey SET public = 'x'")
    assert refused("UPDATE registry_account SET number = 'ZX999999999' WHERE name = '东溪教育'")


def test_the_edition_is_made_anew_only_when_something_changed_and_survives_a_lost_folder(register: Register) -> None:
    assert seal_changes() == 3
    assert seal_changes() == 0
    first = publish_register()
    assert first is not None
    assert first.accounts == 3
    assert publish_register() is None
    Account.objects.filter(pk=register.accounts["site"].pk).update(name="东溪卫健")
    second = publish_register()
    assert second is not None
    assert (Edition.objects.count(), Seal.objects.count(), second.seal_number) == (2, 2, 2)
    assert {row.seal_id for row in SealedChange.objects.all()} == {1, 2}
    shutil.rmtree(register_folder())
    third = publish_register()
    assert third is not None
    assert (third.seal_number, third.accounts) == (2, 3)
    assert (register_folder() / third.folder / "register.json").exists()


def test_a_new_key_is_handed_over_and_what_the_old_one_signed_stays_good(register: Register) -> None:
    documents()
    old = SigningKey.objects.get()
    new = rotate_key()
    Account.objects.filter(pk=register.accounts["site"].pk).update(name="东溪卫健")
    files = documents()
    assert [(row.name, bool(row.sealed_private)) for row in SigningKey.objects.order_by("since")] == [
        (old.name, False), (new.name, True),
    ]  # fmt: skip
    assert set(Seal.objects.order_by("number").values_list("key", flat=True)) == {old.name, new.name}
    report = verified(files, trusted=old.name, anchor=Seal.objects.get(number=1).digest)
    assert (report.faults, report.missing, report.keys) == ([], [], (old.name, new.name))
    assert verified(files, trusted="0" * 16).faults != []
    assert verified(files, anchor="1" * 64).faults == ["变更链里找不到您记下的指纹：链尾被截断或被改写过。"]


def test_what_was_not_given_is_named_and_not_taken_for_proved(register: Register) -> None:
    files = dict(documents())
    only = verified([("register.json", files["register.json"])])
    assert (only.intact, only.is_proved) == (True, False)
    assert only.missing == [
        "没有给 register.json.sig，register.json 的签名没有核对。", "没有给 manifest.json，与它有关的没有核对。",
        "没有给 keys.json，与它有关的没有核对。", "没有给 变更页 changes.json，与它有关的没有核对。",
    ]  # fmt: skip
    assert verified([("x.json", b"{}")]).faults == ["“x.json”不是登记册发布的文件，或者被改过。"]


def test_an_altered_account_is_named_even_when_everything_is_signed_anew(register: Register) -> None:
    """Somebody who holds no key changes register.json; somebody who does changes it too, but not the chain."""
    files = dict(documents())
    shown = json.loads(files["register.json"])
    shown["accounts"][0]["name"] = "东溪教育退费"
    del shown["accounts"][1]
    files["register.json"] = f"{canonical_json(shown)}\n".encode()
    faults = verified(list(files.items())).faults
    number = register.accounts["wechat"].number
    assert f"{number}：名称与变更链不一致。" in faults
    assert f"{register.accounts['weibo'].number}：登记册里没有，变更链里有。" in faults
    assert "register.json 与它的签名对不上：文件或签名被改过，或者不是这个单位发布的。" in faults


@pytest.fixture(scope="module")
def published(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The documents of one register, made once; the rows are taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_register()
        documents()
        Account.objects.filter(pk=made.accounts["site"].pk).update(state="unfiled")
        rotate_key()
        files = documents()
        transaction.set_rollback(True)
    return files


@effort(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_altered_byte_is_found(published: list[tuple[str, bytes]], data: st.DataObject) -> None:
    assert verified(published).is_proved
    which = data.draw(st.integers(0, len(published) - 1))
    name, content = published[which]
    place = data.draw(st.integers(0, len(content) - 1))
    change = data.draw(st.sampled_from(["replace", "remove", "insert"]))
    byte = data.draw(st.integers(0, 255).filter(lambda one: one != content[place]))
    middle = {"replace": bytes([byte]), "remove": b"", "insert": bytes([byte, content[place]])}[change]
    altered = content[:place] + middle + content[place + 1 :]
    files = [*published[:which], (name, altered), *published[which + 1 :]]
    assert not verified(files).intact, (name, place, change, byte)


def test_a_late_transaction_comes_under_the_next_seal(register: Register) -> None:
    """Ids are given when a row is written, not when it is committed: a lower id may be sealed later."""
    first, second = Change.objects.order_by("pk")[:2]
    seal_all()
    page = json.loads(queries.changes_page(after=0))
    assert [change["id"] for change in page["seals"][0]["changes"]][:2] == [first.pk, second.pk]
    assert json.loads(queries.changes_page(after=1)) == {
        "after": 1,
        "format": "zhijian-register-changes/1",
        "seals": [],
    }
