"""Whose address counts: nobody may choose what the log says of them, and nobody is locked out for another."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import pytest
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st
from tests.people import make_county

from zhijian.audit.models import Event
from zhijian.audit.request import client_address
from zhijian.organisations.actions import found_installation
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from typing import Any

GATEWAYS = (ipaddress.ip_network("10.0.0.1"), ipaddress.ip_network("10.9.0.0/16"))
CASES = {
    ("203.0.113.7", "198.51.100.1"): "203.0.113.7",
    ("10.0.0.1", ""): "10.0.0.1",
    ("10.0.0.1", "198.51.100.1"): "198.51.100.1",
    ("10.0.0.1", "1.2.3.4, 198.51.100.1"): "198.51.100.1",
    ("10.0.0.1", "1.2.3.4, 198.51.100.1, 10.9.3.3"): "198.51.100.1",
    ("10.0.0.1", "1.2.3.4, rubbish, 10.9.3.3"): "10.9.3.3",
    ("10.0.0.1", "2001:db8::5"): "2001:db8::5",
    ("10.0.0.1", "[2001:db8::5]"): "2001:db8::5",
    ("10.0.0.1", "::ffff:198.51.100.1"): "198.51.100.1",
    ("10.0.0.1", "10.9.3.3"): "10.9.3.3",
    ("10.0.0.2", "198.51.100.1"): "10.0.0.2",
}


@pytest.mark.parametrize(("given_facts", "found"), CASES.items())
def test_the_right_most_address_that_is_no_gateway_counts(given_facts: tuple[str, str], found: str) -> None:
    assert client_address(*given_facts, GATEWAYS) == found


@given(written=st.text(max_size=80))
def test_what_a_caller_writes_never_changes_whom_the_gateway_saw(written: str) -> None:
    assert client_address("10.0.0.1", f"{written}, 198.51.100.1", GATEWAYS) == "198.51.100.1"
    assert client_address("203.0.113.7", written, GATEWAYS) == "203.0.113.7"


@pytest.fixture
def editor(db: None) -> str:
    found_installation(government_name="测试县人民政府", is_demonstration=False)
    county = make_county()
    county.person("bianji", county.water, Role.EDITOR)
    return "bianji"


def _fail(peer: str, forwarded: str) -> int:
    headers: dict[str, Any] = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}
    return Client().post("/sign-in/", {"login": "nobody", "password": "x"}, **headers).status_code


def _written() -> list[str | None]:
    return list(Event.objects.filter(name="organisations.session.refused").values_list("address", flat=True))


def test_the_log_names_the_caller_behind_the_gateway_and_believes_nobody_else(editor: str) -> None:
    with override_settings(ZHIJIAN_TRUSTED_PROXIES=GATEWAYS):
        _fail("10.0.0.1", "1.2.3.4, 198.51.100.1")
        _fail("203.0.113.7", "198.51.100.1")
    assert _written() == ["198.51.100.1", "203.0.113.7"]


def test_many_failures_of_one_caller_lock_out_neither_the_gateway_nor_another(editor: str) -> None:
    with override_settings(
        ZHIJIAN_TRUSTED_PROXIES=GATEWAYS, ACCOUNT_RATE_LIMITS={"login": "3/m/ip", "login_failed": "900/m/ip"}
    ):
        loud = [_fail("10.0.0.1", "198.51.100.1") for _ in range(5)]
        chosen = [_fail("10.0.0.1", f"192.0.2.{number}, 198.51.100.1") for number in range(2)]
        quiet = _fail("10.0.0.1", "198.51.100.2")
    assert (loud, chosen, quiet) == ([200, 200, 200, 429, 429], [429, 429], 200)


def test_only_the_gateway_tells_that_the_caller_came_by_https(editor: str) -> None:
    with override_settings(ZHIJIAN_TRUSTED_PROXIES=GATEWAYS, SECURE_HSTS_SECONDS=60):
        answers = [
            Client().get("/sign-in/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_PROTO="https")
            for peer in ("10.0.0.1", "203.0.113.7")
        ]
    assert [answer.headers.get("Strict-Transport-Security") for answer in answers] == ["max-age=60", None]
