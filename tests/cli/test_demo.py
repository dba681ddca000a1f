"""The demonstration county, loaded by the command over a database of its own, then removed."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from zhijian.audit import chain
from zhijian.organisations.enums import ADMIN_ROLES, RelationKind, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = Path("/tmp")  # noqa: S108 -- the system user of a root start must reach it
FACTS = Path(__file__).with_name("demo_facts.py")
CLEARED = "上次没有装完，清掉重来……"
LEFT_OVER = "没有装完的县"
# Not a measure: a load on a busy machine takes longer than the guard against endless tests allows.
pytestmark = pytest.mark.timeout(1_500)
# What a start writes by itself, whatever it finds: the queue, the cache, Django's own lists.
MACHINERY = ("procrastinate_", "zhijian_cache", "django_")
EIGHT = {"wechat", "weibo", "douyin", "channels", "toutiao", "kuaishou", "xiaohongshu", "website"}
# 34 names of provinces and the cities that texts mention most: none of them may slip into a fictitious county.
REAL_PLACES = re.compile(
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|"
    "云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|广州|深圳|武汉|南京|杭州|成都|西安|郑州|长沙|合肥"
)


class Installation:
    """One installation with its own database and data folder, driven by the command."""

    def __init__(self, name: str) -> None:
        self.name = f"zhijian_demo_{os.getpid()}_{name}"
        self.folder = PLACES / self.name
        parts = urlsplit(os.environ["DATABASE_URL"])
        self.server = os.environ["DATABASE_URL"]
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("ZHIJIAN_", "DJANGO_"))}
        self.environment = kept | {
            "DATABASE_URL": urlunsplit(parts._replace(path=f"/{self.name}")),
            "ZHIJIAN_DATA": str(self.folder),
            "ZHIJIAN_SANDBOX_URL": f"http://127.0.0.1:{port}",
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }

    def create(self) -> None:
        self.drop()
        with psycopg.connect(self.server, autocommit=True) as connection:
            template = os.environ.get("TEMPLATE_OF_TESTS", "template1")
            connection.execute(f'CREATE DATABASE "{self.name}" TEMPLATE {template}')  # type: ignore[arg-type]  # our own names

    def drop(self) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')  # type: ignore[arg-type]  # as above
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 -- our own command
            [sys.executable, *arguments], env=self.environment, capture_output=True, text=True, timeout=600,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip

    def zhijian(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run("-m", "zhijian.cli.main", *arguments)

    def facts(self) -> dict[str, Any]:
        told = self.run(str(FACTS))
        assert told.returncode == 0, told.stderr[-2000:]
        found: dict[str, Any] = json.loads(told.stdout)
        return found

    def rows_by_table(self) -> dict[str, str]:
        """Return a digest of the rows of every table but those of the machinery."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            tables = sorted(name for (name,) in names if not name.startswith(MACHINERY))
            asked = (
                f"SELECT '{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"  # noqa: S608 -- names of our own tables
                for table in tables
            )
            return dict(connection.execute(" UNION ALL ".join(asked)).fetchall())  # type: ignore[arg-type]  # as above

    def loaded(self) -> dict[str, Any]:
        told = self.zhijian("demo", "load")
        assert told.returncode == 0, told.stdout[-500:] + told.stderr[-3000:]
        assert "沙箱没有启动" not in told.stdout
        return self.facts() | {"told": told.stdout.splitlines()}

    def leave_half_a_load(self) -> None:
        """Make what a killed load leaves: bodies, and no word of what this installation is."""
        assert self.zhijian("migrate").returncode == 0
        with psycopg.connect(self.environment["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(
                "INSERT INTO organisations_organisation (path, code, name, short_name, sort_key, level, kind,"
                " policy_pack, is_active, created_at)"
                " VALUES ('00000001.', '99', %s, 'x', 'x', 'county', 'government', '', true, now())",
                [LEFT_OVER],
            )


@pytest.fixture(scope="module")
def installed() -> Iterator[Installation]:
    one = Installation("one")
    one.create()
    yield one
    one.drop()


@pytest.fixture(scope="module")
def county(installed: Installation) -> dict[str, Any]:
    """The facts of a county loaded over what a killed load left."""
    installed.leave_half_a_load()
    return installed.loaded()


def but_told(facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts without what the load said."""
    return {name: fact for name, fact in facts.items() if name != "told"}


@pytest.mark.slow
def test_a_load_over_nothing_gives_the_same_county(county: dict[str, Any]) -> None:
    other = Installation("two")
    other.create()
    try:
        facts = other.loaded()
    finally:
        other.drop()
    assert but_told(facts) == but_told(county)
    assert CLEARED not in facts["told"]


def test_the_county_has_its_bodies_its_four_lines_and_its_accounts_on_eight_platforms(county: dict[str, Any]) -> None:
    assert len(county["bodies"]) == 66
    assert {code[:2] for code, _ in county["bodies"]} == {"99"}
    assert county["relations"] == sorted(RelationKind.values)
    assert {row[1] for row in county["accounts"]} == EIGHT
    assert 170 <= len(county["accounts"]) <= 190
    states = {row[3] for row in county["accounts"]}
    assert states == {"active", "approved", "frozen", "closing", "unfiled", "deregistered"}
    assert set(county["account_findings"]) == {
        "surplus", "no_platform_id", "subject_differs", "name_differs", "internal_body", "unfiled",
        "certification_ends",
    }  # fmt: skip


def test_every_role_has_somebody_and_everybody_shown_has_work_but_the_three_administrators(
    county: dict[str, Any],
) -> None:
    assert county["roles"] == sorted(Role.values)
    busy = {role for person in county["work"].values() if person["kinds"] for role in person["roles"]}
    assert busy == set(Role.values) - set(ADMIN_ROLES)
    idle = {name for name, person in county["work"].items() if not person["kinds"]}
    assert idle == {"xitong", "anquan", "shenji"}


def test_pieces_are_many_varied_and_in_every_state(county: dict[str, Any]) -> None:
    titles = {row[0] for row in county["pieces"]}
    assert len(titles) == len(county["pieces"]) >= 60
    assert all(150 <= row[3] <= 900 for row in county["pieces"])
    assert {row[2] for row in county["pieces"]} == {"draft", "in_review", "returned", "approved"}
    assert {"first", "second", "final", "head", "own", "supervising"} <= set(county["stages"])


def test_drafts_have_findings_to_mend_and_nothing_that_was_approved_has_a_serious_one(county: dict[str, Any]) -> None:
    assert county["findings"]["draft"] == ["error", "veto", "warning"]
    for state in ("approved", "in_review", "returned"):
        assert not {"veto", "error"} & set(county["findings"][state])


def test_something_is_out_planned_in_doubt_waiting_for_a_hand_and_astray(county: dict[str, Any]) -> None:
    assert set(county["deliveries"]) == {
        "website published", "wechat published", "wechat planned", "wechat unknown", "wechat cancelled",
        "handoff manual_pending",
    }  # fmt: skip
    assert county["deliveries"]["website published"] >= 50
    assert county["strays"] == 1
    assert set(county["filings"]) == {"draft", "in_review", "returned", "approved", "withdrawn"}
    kinds = ["change", "closing", "deregister", "exemption", "freeze", "merging", "opening"]
    assert sorted(county["filing_kinds"]) == kinds
    assert county["notices"] == {"closing": 2, "deregister": 2, "freeze": 1, "merging": 1}
    assert sorted(state for _, state in county["contracts"]) == [False, True, True]
    assert county["equipped"] == [4, 2, 3, 3]
    assert county["drives"] == {"agreed": 2, "kept": 1, "waiting": 2}
    assert county["reforms"] == {"draft": 1}
    assert county["ledgers"] == {"imported": 2, "preview": 1}
    assert county["terms"] == {"approved": 6, "proposed": 3}
    assert county["look_backs"] == {"dismissed": 1, "done": 1, "proposed": 1}
    assert county["looked_at"] == {"open": county["looked_at"]["open"], "set_aside": 1}
    assert county["looked_at"]["open"] >= 10


def test_two_bodies_see_nothing_of_each_other(county: dict[str, Any]) -> None:
    assert county["seen_by_office"] == ["墨溪县政府办"]
    assert county["seen_by_water"] == ["墨溪县水务局"]


def test_all_people_are_marked_and_share_one_password_hashed_once(county: dict[str, Any]) -> None:
    assert (county["real_people"], county["passwords"]) == (0, 1)
    assert len(county["people"]) >= 90


def test_no_real_place_is_named(county: dict[str, Any]) -> None:
    said = json.dumps([county["texts"], county["bodies"], county["accounts"]], ensure_ascii=False)
    assert REAL_PLACES.findall(said) == []


def test_the_log_of_the_load_is_whole(county: dict[str, Any]) -> None:
    assert county["log_is_whole"]
    assert county["events"] > 1_000


def test_answers_and_services_are_in_every_state(county: dict[str, Any]) -> None:
    assert "  答问 60 条、办事服务 80 项已建立" in county["told"]
    assert set(county["answers"]) == {"draft", "in_review", "returned", "approved", "withdrawn"}
    assert county["conflicts"]["open"] >= 1
    assert county["found"] == ["身份证丢了怎么补办？", "老板拖欠工资找谁？"]
    assert set(county["services"]) == {"unknown", "opens", "broken", "not_looked"}
    assert county["services"]["broken"] == 1


def test_the_register_is_signed_and_most_accounts_were_looked_at(county: dict[str, Any]) -> None:
    register = county["register"]
    assert register["accounts"] == register["public"] > 20
    assert (len(register["files"]), register["unsealed"]) == (6, 0)
    assert set(register["links"]) == {"links", "absent", "unseen"}


def test_what_a_killed_load_left_is_cleared_first(county: dict[str, Any]) -> None:
    assert county["told"][0] == CLEARED
    assert LEFT_OVER not in {name for _, name in county["bodies"]}


def test_loading_again_changes_nothing(installed: Installation, county: dict[str, Any]) -> None:
    before = installed.rows_by_table()
    assert before
    told = installed.zhijian("demo", "load")
    assert (told.returncode, told.stdout) == (0, "演示县已经装好。\n")
    assert installed.rows_by_table() == before


def test_removal_refuses_where_no_demonstration_is(installed: Installation, county: dict[str, Any]) -> None:
    before = installed.rows_by_table()
    with psycopg.connect(installed.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("UPDATE organisations_installation SET is_demonstration = false")
        told = installed.zhijian("demo", "remove", "--yes")
        connection.execute("UPDATE organisations_installation SET is_demonstration = true")
    assert told.returncode != 0
    assert "不是演示县，不能用这条命令清空" in told.stdout + told.stderr
    assert installed.rows_by_table() == before


def test_removal_asks_then_exports_a_log_that_verifies_and_leaves_an_empty_installation(
    installed: Installation, county: dict[str, Any]
) -> None:
    before = installed.rows_by_table()
    asked = installed.zhijian("demo", "remove")
    assert asked.returncode != 0
    assert "没有得到确认，什么都没有动" in asked.stdout + asked.stderr
    assert installed.rows_by_table() == before
    told = installed.zhijian("demo", "remove", "--yes")
    assert told.returncode == 0, told.stderr[-2000:]
    [log] = installed.folder.glob("演示县操作记录-*.jsonl")
    events, seals = chain.read_export(log.read_text(encoding="utf-8").splitlines())
    verdict = chain.verify(events, seals)
    assert (verdict.intact, verdict.unsealed, verdict.events) == (True, 0, county["events"])
    assert not (installed.folder / "files").exists()
    assert not (installed.folder / "register").exists()
    left = installed.facts()
    assert (left["founded"], left["bodies"], left["people"], left["pieces"], left["events"]) == (False, [], [], [], 0)
