"""Connecting an account: secrets that go in and never come out, a token one process fetches for all."""

from __future__ import annotations

import stat
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings as conf
from django.db import connections, transaction
from django.test import Client
from tests.people import PASSWORD
from tests.publishing.pressroom import AES_KEY, CALLBACK_TOKEN, SECRET, make_account

from zhijian.audit.models import Event
from zhijian.channels import actions, queries
from zhijian.channels.actions import Credentials
from zhijian.channels.actions.opening import SealedTokenStore
from zhijian.channels.enums import ConnectionState
from zhijian.channels.models import Connection
from zhijian.connectors.contract import PlatformError
from zhijian.connectors.wechat import client as wechat
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.lib.sealing import SealBroken, Sealer, sealer_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.publishing.pressroom import Bench, Pressroom


def test_secrets_are_sealed_in_the_row_and_stand_on_no_page_and_in_no_audit_row(press: Pressroom) -> None:
    row = press.wechat
    assert actions.open_account(row).credentials == {"secret": SECRET, "token": CALLBACK_TOKEN, "aes_key": AES_KEY}
    visitor = Client()
    assert visitor.login(username=press.officer.username, password=PASSWORD)
    pages = [visitor.get(f"/desk/channels/{row.pk}/{place}").content.decode() for place in ("", "secrets/")]
    told = "".join([*pages, str(list(Event.objects.values())), str(Connection.objects.values()), repr(vars(row))])
    assert [secret in told for secret in (SECRET, CALLBACK_TOKEN, AES_KEY)] == [False, False, False]
    assert row.callback_code in pages[0]
    assert stat.S_IMODE((conf.ZHIJIAN_DATA / "seal_key").stat().st_mode) == 0o600


def test_a_sealed_value_opens_at_its_own_place_with_its_own_key_only(press: Pressroom) -> None:
    other = actions.connect_account(
        actor=press.officer,
        account_id=make_account(press.body, "wechat", name="水务服务号").pk,
        app_id="wx1111111111111111",
        credentials=Credentials(secret="another-secret"),
    )
    other.sealed_credentials = press.wechat.sealed_credentials
    with pytest.raises(PlatformError, match="seal_broken"):
        actions.open_account(other)


def test_keys_are_changed_one_after_the_other(tmp_path: Path) -> None:
    old = sealer_in(tmp_path)
    sealed = old.seal(b"words", place="here")
    key = (tmp_path / "seal_key").read_text(encoding="ascii")
    (tmp_path / "other").mkdir()
    fresh = sealer_in(tmp_path / "other")
    (tmp_path / "seal_key").write_text((tmp_path / "other" / "seal_key").read_text(encoding="ascii") + key)
    both = sealer_in(tmp_path)
    assert (both.open(sealed, place="here"), both.current) == (b"words", fresh.current)
    with pytest.raises(SealBroken):
        fresh.open(sealed, place="here")
    for changed in (sealed[:-1], b"", sealed[:8] + bytes([sealed[8] ^ 1]) + sealed[9:], b"\2" + sealed[1:]):
        with pytest.raises(SealBroken):
            both.open(changed, place="here")
    with pytest.raises(SealBroken):
        both.open(sealed, place="there")
    (tmp_path / "seal_key").write_text("nonsense", encoding="ascii")
    with pytest.raises(SealBroken):
        sealer_in(tmp_path)
    assert "words" not in repr(Sealer({b"1234": b"words" * 7}, b"1234"))


def test_bad_and_missing_fields_are_all_told_and_nothing_is_saved(press: Pressroom) -> None:
    account = make_account(press.body, "wechat", name="水务服务号")
    with pytest.raises(Refused) as caught:
        actions.connect_account(
            actor=press.officer, account_id=account.pk, app_id="不是",
            credentials=Credentials(secret="a b", token="", aes_key="short"),
        )  # fmt: skip
    assert [reason.partition("：")[0].partition("（")[0] for reason in caught.value.reasons] == [
        "AppID 不对",
        "AppSecret 不对",
        "消息加解密密钥",
        "填了消息加解密密钥，也要填令牌",
    ]
    with pytest.raises(Refused, match="已经接入过"):
        actions.connect_account(
            actor=press.officer, account_id=account.pk, app_id=press.wechat.app_id,
            credentials=Credentials(secret="x"),
        )  # fmt: skip
    with pytest.raises(Refused, match="主办人员"):
        actions.connect_account(actor=press.editor, account_id=account.pk, by_hand=True)
    with pytest.raises(Missing):
        actions.connect_account(actor=press.newsroom.stranger, account_id=account.pk, by_hand=True)
    assert not Connection.objects.filter(account=account).exists()


def test_changing_one_secret_keeps_the_others_and_forgets_the_token(press: Pressroom) -> None:
    before = actions.open_account(press.wechat)
    assert before.tokens.read("") is not None
    changed = actions.change_credentials(
        actor=press.officer, connection_id=press.wechat.pk, credentials=Credentials(aes_key="B" * 42 + "A")
    )
    account = actions.open_account(changed)
    assert (account.credentials["secret"], account.credentials["previous_aes_key"]) == (SECRET, AES_KEY)
    assert (account.tokens.read(""), changed.state) == (None, ConnectionState.NEW)
    assert queries.why_not_send(changed) == ["还没有检测过这个账号的发布能力，请先到“平台接入”里检测。"]


def test_a_probe_tells_what_is_missing_and_what_is_left(press: Pressroom, bench: Bench) -> None:
    assert (press.wechat.state, queries.why_not_send(press.wechat)) == (ConnectionState.READY, [])
    left = {line.name: (line.used, line.limit) for line in queries.quotas_today(press.wechat)}
    assert left["发布"] == (0, 100)
    bench.settings(verified=False)
    limited = actions.probe_connection(actor=press.officer, connection_id=press.wechat.pk)
    assert (limited.state, [name for name, _ in queries.missing_of(limited)]) == (ConnectionState.LIMITED, ["发布能力"])
    bench.settings(verified=True, secret="changed-at-the-platform-0000000")
    changed = Credentials(secret="still-the-old-one")
    actions.change_credentials(actor=press.officer, connection_id=press.wechat.pk, credentials=changed)
    refused = actions.probe_connection(actor=press.officer, connection_id=press.wechat.pk)
    assert (refused.state, "AppSecret" in refused.state_reason) == (ConnectionState.LIMITED, True)


def test_a_platform_that_cannot_be_reached_is_not_taken_for_one_that_refuses(press: Pressroom, bench: Bench) -> None:
    bench.fault("getcallbackip", "http", times=1)
    with pytest.raises(Refused, match="没有测成"):
        actions.probe_connection(actor=press.officer, connection_id=press.wechat.pk)
    press.wechat.refresh_from_db()
    assert press.wechat.state == ConnectionState.READY


def test_an_older_token_never_replaces_a_newer_one(press: Pressroom) -> None:
    store = SealedTokenStore(press.wechat.pk)
    held, later = store.read(""), clock.now() + timedelta(hours=2)
    assert held is not None
    fresh = store.replace("", seen=held.version, value="fresh", expires_at=later)
    late = store.replace("", seen=held.version, value="late", expires_at=later)
    assert (fresh.version, late, store.read("")) == (held.version + 1, fresh, fresh)


@pytest.mark.django_db(transaction=True)
def test_many_workers_without_a_token_fetch_one(bench: Bench) -> None:
    from tests.publishing.pressroom import make_pressroom  # noqa: PLC0415 - committed rows, made here

    press = make_pressroom(bench)
    changed = Credentials(token=CALLBACK_TOKEN)
    row = actions.change_credentials(actor=press.officer, connection_id=press.wechat.pk, credentials=changed)
    bench.fault("stable_token", "latency", seconds=0.3)
    before, version = len(bench.ledger("token_issued")), row.token_version
    start, values = threading.Barrier(6), []

    def work() -> None:
        start.wait()
        values.append(wechat.access_token(actions.open_account(row)).value)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(values), len(set(values))) == (6, 1)
    assert len(bench.ledger("token_issued")) <= before + 1
    row.refresh_from_db()
    assert row.token_version == version + 1


def test_the_last_of_a_quota_is_given_once_and_given_back_when_not_used(press: Pressroom, settings: Any) -> None:
    row = press.wechat
    row.capabilities = {**row.capabilities, "quotas": [{"name": "draft/add", "limit": 1, "used": 0}]}
    row.save()
    taken = actions.reserve(row, "add_draft")
    with pytest.raises(actions.QuotaSpent, match="零点后"), transaction.atomic():
        actions.reserve(row, "add_draft")
    actions.refund(taken)
    assert actions.reserve(row, "add_draft") == taken
    assert actions.reserve(row, "poll") is None
    assert actions.reserve(press.weibo, "add_draft") is None


def test_pages_of_connections_are_for_those_who_keep_accounts(press: Pressroom) -> None:
    officer, stranger, editor = Client(), Client(), Client()
    for visitor, person in ((officer, press.officer), (stranger, press.newsroom.stranger), (editor, press.editor)):
        assert visitor.login(username=person.username, password=PASSWORD)
    page = officer.get("/desk/channels/").content.decode()
    assert [name in page for name in ("云岭县水务局wechat", "本站发布", "人工发布")] == [True, True, True]
    assert officer.get(f"/desk/channels/{press.wechat.pk}/").status_code == 200
    assert editor.post(f"/desk/channels/{press.wechat.pk}/pause/").status_code == 409
    assert "云岭县水务局wechat" not in stranger.get("/desk/channels/").content.decode()
    for place in ("", "secrets/", "pause/"):
        assert stranger.get(f"/desk/channels/{press.wechat.pk}/{place}").status_code == 404
    for place in ("probe/", "pause/", "resume/", "secrets/"):
        assert stranger.post(f"/desk/channels/{press.wechat.pk}/{place}").status_code == 404
    officer.post(f"/desk/channels/{press.wechat.pk}/pause/")
    press.wechat.refresh_from_db()
    assert press.wechat.state == ConnectionState.PAUSED
    officer.post(f"/desk/channels/{press.wechat.pk}/resume/")
    actions.run_probe(connection_id=press.wechat.pk)
    press.wechat.refresh_from_db()
    assert press.wechat.state == ConnectionState.READY


def test_an_account_is_connected_through_the_pages(press: Pressroom, bench: Bench) -> None:
    account = make_account(press.body, "wechat", name="水务服务号")
    bench.control("accounts", appid="wxpages00000001", secret=SECRET)
    officer = Client()
    assert officer.login(username=press.officer.username, password=PASSWORD)
    chosen = officer.get(f"/desk/channels/new/?account={account.pk}")
    assert chosen.headers["Location"] == f"/desk/channels/new/{account.pk}/"
    bad = officer.post(chosen.headers["Location"], {"way": "sandbox", "app_id": "wxpages00000001"})
    assert (bad.status_code, "请填写开发者密钥" in bad.content.decode()) == (409, True)
    officer.post(chosen.headers["Location"], {"way": "sandbox", "app_id": "wxpages00000001", "secret": SECRET})
    row = Connection.objects.get(account=account)
    place = f"/desk/channels/{row.pk}/"
    waiting = officer.get(place).content.decode()
    assert ("正在核对……" in waiting, "every 2s" in waiting, row.state) == (True, True, ConnectionState.NEW)
    actions.run_probe(connection_id=row.pk)
    done = officer.get(place).content.decode()
    assert ("正在核对……" in done, "every 2s" in done, "登录接口、草稿箱和发布都可用" in done) == (False, False, True)
    row.refresh_from_db()
    assert (row.state, row.settings["sandbox"], row.settings["callback"]) == (ConnectionState.READY, True, False)
    by_hand = make_account(press.body, "douyin", name="水务抖音")
    officer.post(f"/desk/channels/new/{by_hand.pk}/", {"way": "hand"})
    assert Connection.objects.get(account=by_hand).connector == "handoff"


def test_a_hub_inside_the_network_is_refused_where_it_is_typed(press: Pressroom, settings: Any) -> None:
    account = make_account(press.body, "website", name="水务新站")
    officer = Client()
    assert officer.login(username=press.officer.username, password=PASSWORD)
    for hub in (
        "http://10.0.0.1/hub",
        "http://localhost:5432/",
        "http://2130706433/",
        "http://[::ffff:169.254.169.254]/",
    ):
        page = officer.post(f"/desk/channels/new/{account.pk}/", {"way": "api", "hub": hub})
        assert (page.status_code, "订阅中心" in page.content.decode()) == (409, True)
        with pytest.raises(Refused, match="订阅中心："):
            actions.connect_account(actor=press.officer, account_id=account.pk, hub=hub)
    assert not Connection.objects.filter(account=account).exists()
    settings.ZHIJIAN_FETCH_ALLOWED = ["10.0.0.0/24"]
    row = actions.connect_account(actor=press.officer, account_id=account.pk, hub="http://10.0.0.1/hub")
    assert row.settings["hub"] == "http://10.0.0.1/hub"


def test_the_hub_that_the_feeds_name_is_the_one_that_is_told(press: Pressroom, settings: Any) -> None:
    for named, own, told in (
        (None, "", [f"{settings.ZHIJIAN_SANDBOX_URL}/hub"]),
        ("https://hub.example.cn/", "", ["https://hub.example.cn/"]),
        (
            "https://hub.example.cn/",
            "https://second.example.cn/",
            ["https://hub.example.cn/", "https://second.example.cn/"],
        ),
        ("", "", []),
    ):
        settings.ZHIJIAN_HUB_URL = named
        press.website.settings = {"hub": own}
        assert actions.open_account(press.website).settings["hub"].split() == told
        page = Client().get("/feeds/feed.json").json()
        assert [hub["url"] for hub in page.get("hubs", [])] == told[:1]
        assert "hubs" not in Client().get("/feeds/feed.json?page=1").json()


def test_a_platform_that_does_not_answer_leaves_its_reason_on_the_page_and_in_the_log(
    press: Pressroom, bench: Bench
) -> None:
    officer, place = Client(), f"/desk/channels/{press.wechat.pk}/"
    assert officer.login(username=press.officer.username, password=PASSWORD)
    bench.fault("getcallbackip", "http", times=1)
    before = len(bench.ledger("token_issued"))
    assert officer.post(f"{place}probe/").headers["Location"] == place
    assert "正在核对……" in officer.get(place).content.decode()
    assert len(bench.ledger("token_issued")) == before
    actions.run_probe(connection_id=press.wechat.pk)
    assert "没有测成" in officer.get(place).content.decode()
    last = Event.objects.filter(name="channels.connection.probed").latest("pk")
    assert (last.actor_id, "failed" in last.data) == (press.officer.pk, True)
    assert not queries.wanted_probes().exists()


def test_what_was_paused_while_the_platform_was_asked_stays_paused(press: Pressroom) -> None:
    actions.request_probe(actor=press.officer, connection_id=press.wechat.pk)
    actions.pause_connection(actor=press.officer, connection_id=press.wechat.pk)
    actions.run_probe(connection_id=press.wechat.pk)
    press.wechat.refresh_from_db()
    assert (press.wechat.state, press.wechat.probe_wanted_at) == (ConnectionState.PAUSED, None)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_in_the_database_while_the_platform_is_asked(bench: Bench) -> None:
    from tests.publishing.pressroom import make_pressroom  # noqa: PLC0415 - committed rows, made here

    press = make_pressroom(bench)
    changed = Credentials(token=CALLBACK_TOKEN)
    actions.change_credentials(actor=press.officer, connection_id=press.wechat.pk, credentials=changed)
    actions.request_probe(actor=press.officer, connection_id=press.wechat.pk)
    bench.fault("stable_token", "latency", seconds=1.5, times=1)

    def work() -> None:
        actions.run_probe(connection_id=press.wechat.pk)
        connections.close_all()

    asking = threading.Thread(target=work)
    asking.start()
    row, open_ones = press.wechat, []
    for _ in range(100):
        row.refresh_from_db()
        if row.token_lease:
            break
        time.sleep(0.02)
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND xact_start IS NOT NULL AND backend_type = 'client backend'"
        )
        open_ones = cursor.fetchall()
    assert (bool(row.token_lease), asking.is_alive(), open_ones) == (True, True, [])
    asking.join()
    row.refresh_from_db()
    assert (row.state, row.token_lease, row.probe_wanted_at) == (ConnectionState.READY, "", None)
