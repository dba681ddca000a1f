"""From the night's task to the citizen's page: what a look at an entrance brought, through every room it passes."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from django.test import Client
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.lib.servers import plain, serving
from tests.people import make_county

from zhijian.lib import clock
from zhijian.observation.models import LinkCheck
from zhijian.observation.tasks import check_links
from zhijian.organisations.enums import Role
from zhijian.services import actions
from zhijian.services.models import Service
from zhijian.services.queries import ServiceDraft, work_items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lib.servers import Site
    from tests.people import County

    from zhijian.organisations.models import User

NIGHT = datetime(2026, 11, 23, 2, 30, tzinfo=clock.BEIJING)
DAY = timedelta(days=1)
PAGE = plain("<title>用水业务</title>".encode(), Content_Type="text/html; charset=utf-8")
GONE = plain(b"", status="410 Gone")
DOWN = plain(b"", status="503 Service Unavailable")
NAMES = {"/works": "用水卡补领", "/broken": "水表更换", "/down": "水价查询"}
SENTENCES = {
    "opens": "入口能打开",
    "broken": "查看时打不开，已告诉云岭县水务局。请先打电话或到现场办。",
    "not_looked": "没能看成，您可以点开试试。",
}


@pytest.fixture
def county(transactional_db: None) -> County:
    return make_county()


@pytest.fixture
def host(county: County) -> User:
    return county.person("host", county.water, Role.HOST_OFFICER)


@pytest.fixture
def site(settings: Any) -> Iterator[Site]:
    with serving({"/works": PAGE, "/broken": GONE, "/down": DOWN}) as served:
        settings.ZHIJIAN_FETCH_ALLOWED = [f"127.0.0.0/8@{served.port}"]
        yield served


@pytest.fixture
def shown(county: County, host: User, site: Site) -> dict[str, Service]:
    """Three services in the catalogue, by the path of their entrance."""
    found = {}
    for path, name in NAMES.items():
        draft = ServiceDraft(name=name, how="网上填表。", entrance_url=site.url(path), source="事项清单")
        service = actions.create_service(actor=host, organisation=county.water, draft=draft)
        found[path] = actions.publish_service(actor=host, service_id=service.pk, reason="演练用的地址")
    return found


def pass_the_night(at: datetime) -> None:
    """Begin the night's look as the clock of the installation does, and let a worker do all the work there is."""
    with clock.at(at):
        check_links(timestamp=int(at.timestamp()))
        # In a thread of its own, with this one's clock: a browser of another test keeps a loop running in this one.
        with ThreadPoolExecutor(1) as beside:
            beside.submit(copy_context().run, asyncio.run, _work()).result()
    assert list(ProcrastinateJob.objects.filter(task_name__startswith="observation.")) == []


async def _work() -> None:
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]  # Django's has it
    async with worker.open_async():
        await worker.run_worker_async(wait=False, install_signal_handlers=False, delete_jobs="successful")
    # Jobs run one after the other in one thread, whose connection would outlive the test.
    await asyncio.to_thread(connections.close_all)


def health_of(shown: dict[str, Service]) -> dict[str, tuple[str, str, datetime | None]]:
    rows = Service.objects.in_bulk([service.pk for service in shown.values()])
    found = {path: rows[service.pk] for path, service in shown.items()}
    return {path: (row.health, row.health_reason, row.health_since) for path, row in found.items()}


def told_to_citizens(shown: dict[str, Service]) -> dict[str, list[str]]:
    """Return which of the three sentences each service's public page holds."""
    pages = {path: Client().get(f"/services/{service.pk}/").content.decode() for path, service in shown.items()}
    return {path: [health for health, words in SENTENCES.items() if words in page] for path, page in pages.items()}


def test_a_night_finds_what_works_what_is_broken_and_what_nobody_could_see(
    shown: dict[str, Service], host: User, site: Site
) -> None:
    pass_the_night(NIGHT)
    assert sorted(path for path in site.asked if path in NAMES) == ["/broken", "/down", "/works", "/works"]
    assert {(row.url, row.result) for row in LinkCheck.objects.all()} == {
        (site.url("/works"), "reached"), (site.url("/broken"), "gone"), (site.url("/down"), "could_not_look"),
    }  # fmt: skip
    seen = health_of(shown)
    assert {path: health for path, (health, _, _) in seen.items()} == {
        "/works": "opens", "/broken": "broken", "/down": "not_looked",
    }  # fmt: skip
    assert told_to_citizens(shown) == {"/works": ["opens"], "/broken": ["broken"], "/down": ["not_looked"]}
    assert [(item.title, item.kind, item.state) for item in work_items(actor=host)] == [
        ("水表更换", "修入口", seen["/broken"][1]),
    ]  # fmt: skip


def test_the_next_night_mends_what_opens_again_and_calls_nothing_broken_that_was_not_seen(
    shown: dict[str, Service], host: User, site: Site
) -> None:
    pass_the_night(NIGHT)
    first = health_of(shown)
    site.pages |= {"/broken": PAGE, "/works": DOWN, "/down": GONE}
    asked = len(site.asked)
    pass_the_night(NIGHT + timedelta(hours=1))
    assert (health_of(shown), len(site.asked)) == (first, asked)
    pass_the_night(NIGHT + DAY)
    second = health_of(shown)
    assert {path: health for path, (health, _, _) in second.items()} == {
        "/works": "not_looked", "/broken": "opens", "/down": "broken",
    }  # fmt: skip
    assert all(second[path][2] > first[path][2] for path in NAMES)  # type: ignore[operator]  # each was looked at
    assert [item.title for item in work_items(actor=host)] == ["水价查询"]
    assert told_to_citizens(shown) == {"/works": ["not_looked"], "/broken": ["opens"], "/down": ["broken"]}


def test_a_service_taken_off_is_looked_at_no_more(shown: dict[str, Service], host: User, site: Site) -> None:
    actions.retire_service(actor=host, service_id=shown["/broken"].pk, reason="并入别的事项。")
    pass_the_night(NIGHT)
    assert sorted(path for path in site.asked if path in NAMES) == ["/down", "/works", "/works"]
    assert health_of(shown)["/broken"][0] == "unknown"
