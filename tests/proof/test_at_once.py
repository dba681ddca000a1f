"""A body gets a new name while one of its accounts is changed: the chain ends with what is true, whoever was first."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections, transaction
from tests.proof.world import documents, make_register

from zhijian.lib.signing import known_providers
from zhijian.organisations.models import Organisation
from zhijian.proof.verifying import Verifier
from zhijian.registry.models import Account

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.proof.world import Register

    Act = Callable[[Register], None]

pytestmark = pytest.mark.django_db(transaction=True)


def rename_body(register: Register) -> None:
    Organisation.objects.filter(pk=register.world.education.pk).update(name="东溪县教育体育局")


def rename_account(register: Register) -> None:
    Account.objects.filter(pk=register.accounts["wechat"].pk).update(name="东溪教体")


def withdraw(register: Register) -> None:
    Account.objects.filter(pk=register.accounts["wechat"].pk).update(state="unfiled")


def add_account(register: Register) -> None:
    register.account(register.world.education, "bilibili", "东溪教育视频")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (rename_body, rename_account), (rename_account, rename_body), (rename_body, withdraw),
        (add_account, rename_body),
    ],
)  # fmt: skip
def test_the_chain_ends_with_what_is_true(first: Act, second: Act) -> None:
    register = make_register()
    done = threading.Event()

    def follow() -> None:
        second(register)
        done.set()
        connections.close_all()

    other = threading.Thread(target=follow)
    with transaction.atomic():
        first(register)
        other.start()
        assert not done.wait(0.5), "the second waits for the first"
    other.join(timeout=30)
    assert done.is_set()
    report = Verifier(known_providers("")).verify(documents())
    assert (report.faults, report.missing) == ([], [])
    truth = {
        (row.number, row.name, row.organisation.name)
        for row in Account.objects.filter(state__in=["active", "frozen", "closing"]).select_related("organisation")
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (account_id) number, shape::json->>'name', shape::json->>'body', kind FROM proof_change"
            " ORDER BY account_id, id DESC"
        )
        told = {(number, name, body) for number, name, body, kind in cursor.fetchall() if kind != "left"}
    assert told == truth != set()
