"""The rules of the pretended platform that only show over days, and the bench that makes days pass."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from zhijian.sandbox.server import running

if TYPE_CHECKING:
    from pathlib import Path


def register(base_url: str, **facts: Any) -> str:
    appid = f"wx{secrets.token_hex(8)}"
    httpx2.post(
        f"{base_url}/_ctl/accounts", json={"appid": appid, "secret": "s", "name": "账号", **facts}
    ).raise_for_status()
    return appid


def stable(base_url: str, appid: str, **more: Any) -> dict[str, Any]:
    body = {"grant_type": "client_credential", "appid": appid, "secret": "s", **more}
    answer: dict[str, Any] = httpx2.post(f"{base_url}/wechat/cgi-bin/stable_token", json=body).json()
    return answer


def call(base_url: str, path: str, token: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    url = f"{base_url}/wechat/cgi-bin/{path}?access_token={token}"
    answer: dict[str, Any] = (httpx2.get(url) if body is None else httpx2.post(url, json=body)).json()
    return answer


def forward(base_url: str, seconds: float) -> None:
    httpx2.post(f"{base_url}/_ctl/clock", json={"forward": seconds}).raise_for_status()


@pytest.fixture
def own_sandbox() -> Any:
    with running() as base_url:
        yield base_url


def test_stable_token_stays_the_same_until_five_minutes_before_its_end(own_sandbox: str) -> None:
    appid = register(own_sandbox)
    first = stable(own_sandbox, appid)["access_token"]
    forward(own_sandbox, 6800)
    assert stable(own_sandbox, appid)["access_token"] == first
    forward(own_sandbox, 150)
    second = stable(own_sandbox, appid)["access_token"]
    assert second != first
    assert [call(own_sandbox, "draft/count", token) for token in (first, second)] == [{"total_count": 0}] * 2
    forward(own_sandbox, 300)
    assert call(own_sandbox, "draft/count", first)["errcode"] == 42001


def test_forced_renewal_is_limited_to_every_thirty_seconds_and_twenty_a_day(own_sandbox: str) -> None:
    appid = register(own_sandbox)
    assert "access_token" in stable(own_sandbox, appid, force_refresh=True)
    assert stable(own_sandbox, appid, force_refresh=True)["errcode"] == 45011
    for _ in range(19):
        forward(own_sandbox, 31)
        assert "access_token" in stable(own_sandbox, appid, force_refresh=True)
    forward(own_sandbox, 31)
    assert stable(own_sandbox, appid, force_refresh=True)["errcode"] == 45009


def test_plain_token_call_ends_the_old_token_after_five_minutes(own_sandbox: str) -> None:
    appid = register(own_sandbox)
    query = {"grant_type": "client_credential", "appid": appid, "secret": "s"}
    first, _second = (
        httpx2.get(f"{own_sandbox}/wechat/cgi-bin/token", params=query).json()["access_token"] for _ in range(2)
    )
    assert "errcode" not in call(own_sandbox, "draft/count", first)
    forward(own_sandbox, 301)
    assert call(own_sandbox, "draft/count", first)["errcode"] == 42001


def test_daily_counters_start_again_at_midnight_in_beijing(own_sandbox: str) -> None:
    httpx2.post(f"{own_sandbox}/_ctl/clock", json={"at": "2026-06-01T23:30:00+08:00"})
    appid = register(own_sandbox, limits={"draft/count": 1})
    token = stable(own_sandbox, appid)["access_token"]
    answers = [call(own_sandbox, "draft/count", token).get("errcode") for _ in range(2)]
    assert answers == [None, 45009]
    quota = call(own_sandbox, "openapi/quota/get", token, {"cgi_path": "/cgi-bin/draft/count"})["quota"]
    assert quota == {"daily_limit": 1, "used": 1, "remain": 0}
    forward(own_sandbox, 31 * 60)
    assert "errcode" not in call(own_sandbox, "draft/count", token)


def test_an_unverified_account_may_draft_but_not_publish(own_sandbox: str) -> None:
    token = stable(own_sandbox, register(own_sandbox, verified=False))["access_token"]
    listing = {"offset": 0, "count": 20}
    codes = [
        call(own_sandbox, path, token, listing).get("errcode") for path in ("draft/batchget", "freepublish/batchget")
    ]
    assert codes == [None, 48001]


def test_listing_more_than_twenty_and_the_wrong_method_are_refused(own_sandbox: str) -> None:
    token = stable(own_sandbox, register(own_sandbox))["access_token"]
    assert call(own_sandbox, "draft/batchget", token, {"offset": 0, "count": 21})["errcode"] == 40035
    assert call(own_sandbox, "draft/batchget", token)["errcode"] == 43002
    assert call(own_sandbox, "draft/count", token, {})["errcode"] == 43001
    assert call(own_sandbox, "draft/count", "")["errcode"] == 41001


def test_state_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.json"
    with running(state_file=file) as base_url:
        appid = register(base_url, name="重启前登记的账号")
        token = stable(base_url, appid)["access_token"]
    with running(state_file=file) as base_url:
        assert [account["name"] for account in httpx2.get(f"{base_url}/_ctl/accounts").json()] == ["重启前登记的账号"]
        assert call(base_url, "draft/count", token) == {"total_count": 0}


def test_reset_forgets_everything_and_an_unknown_fault_is_refused(own_sandbox: str) -> None:
    register(own_sandbox)
    assert httpx2.post(f"{own_sandbox}/_ctl/faults", json={"match": "", "kind": "nonsense"}).status_code == 400
    httpx2.post(f"{own_sandbox}/_ctl/reset")
    assert httpx2.get(f"{own_sandbox}/_ctl/accounts").json() == []
