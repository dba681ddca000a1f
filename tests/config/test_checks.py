"""What a production start refuses, and what it promises to browsers."""

from __future__ import annotations

import ipaddress
import json
import os
import subprocess
import sys

import pytest
from django.test import override_settings

from zhijian.config.checks import refuse_unsafe_production
from zhijian.config.environment import networks

GOOD = {
    "IS_PRODUCTION": True, "IS_HTTPS": True, "DEBUG": False, "SECRET_KEY": "k" * 50,
    "ALLOWED_HOSTS": ["xmt.example.gov.cn"], "ZHIJIAN_BASE_URL": "https://xmt.example.gov.cn",
    "ZHIJIAN_TRUSTED_PROXIES": (ipaddress.ip_network("127.0.0.1"),), "SECURE_HSTS_SECONDS": 60,
    "SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True,
}  # fmt: skip
FAULTS = {
    "DEBUG": (True, "E001"), "SECRET_KEY": ("short", "E002"), "ALLOWED_HOSTS": (["*"], "E003"),
    "ZHIJIAN_BASE_URL": ("http://xmt.example.gov.cn", "E005"), "ZHIJIAN_TRUSTED_PROXIES": ((), "E007"),
    "SECURE_HSTS_SECONDS": (0, "E008"), "SESSION_COOKIE_SECURE": (False, "E008"), "CSRF_COOKIE_SECURE": (False, "E008"),
}  # fmt: skip


def test_a_careful_production_start_is_let_through() -> None:
    with override_settings(**GOOD):
        assert refuse_unsafe_production() == []


@pytest.mark.parametrize("name", FAULTS)
def test_each_careless_setting_is_refused_by_itself(name: str) -> None:
    value, code = FAULTS[name]
    with override_settings(**GOOD | {name: value}):
        assert [error.id for error in refuse_unsafe_production()] == [f"zhijian.{code}"]


def test_a_gateway_that_is_no_address_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIJIAN_TRUSTED_PROXIES", "gateway.local")
    with pytest.raises(ValueError, match="只能写 IP 地址或网段"):
        networks("ZHIJIAN_TRUSTED_PROXIES")
    monkeypatch.setenv("ZHIJIAN_TRUSTED_PROXIES", "127.0.0.1, 10.8.0.0/16,::1")
    assert [str(one) for one in networks("ZHIJIAN_TRUSTED_PROXIES")] == ["127.0.0.1/32", "10.8.0.0/16", "::1/128"]


ASKED = ("SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "ZHIJIAN_SECOND_FACTOR")


def _settings_of(**environment: str) -> list[object]:
    code = f"import json; from zhijian.config import settings as s; print(json.dumps([getattr(s, n) for n in {ASKED}]))"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ZHIJIAN_")}
    clean["ZHIJIAN_SECRET_KEY"] = "k" * 50
    told = subprocess.run(  # noqa: S603 -- our own code in a process of its own
        [sys.executable, "-c", code], env=clean | environment, capture_output=True, text=True, check=True
    )
    return list(json.loads(told.stdout))


def test_production_is_strict_and_a_try_is_not() -> None:
    strict = _settings_of(ZHIJIAN_MODE="production", ZHIJIAN_BASE_URL="https://xmt.example.gov.cn")
    assert strict == [31_536_000, True, True, "required"]
    assert _settings_of(ZHIJIAN_MODE="demonstration") == [0, False, False, "offered"]
    assert _settings_of(ZHIJIAN_MODE="development") == [0, False, False, "offered"]
