"""Looking back at 20,000 and 200,000 posts: pace, memory, a killed worker, two at once, a rule changed, pages.

A county of 200 bodies with two accounts each; the posts are invented and written by COPY, one in fifty holds the words
of a term, one in two hundred those of a second one that is approved while the look-back runs. The smaller archive is
read by all rules, the larger by the term. The workers are processes: one is killed (SIGKILL) in the middle, then two go
on at once. `exact` says that every post was judged once and every planted fault is one finding. Pages: the 95th
percentile of 40 requests in milliseconds, and queries. `--posts N` takes one size, `--by-term` reads it by the term.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from zhijian.cli import postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES, BODIES, ACCOUNTS = (20_000, 200_000), 200, 400
FIRST, SECOND = "清澈河", "云水湾"
EVERY, SELDOM = 50, 200
ROUNDS = 40
PLACES = (
    "城东片区",
    "河西街道",
    "青石镇",
    "柳坝村",
    "北岸新区",
    "老城厢",
    "双桥社区",
    "南坪工业园",
    "石门水库",
    "东湖公园",
)
NEWS = (
    "{}因管道检修停水四小时，请提前储水。", "县里到{}研究防汛值守和物资储备工作。",
    "志愿者走进{}，讲解防范诈骗的办法。", "{}的秋粮收购已经开始，价格和服务电话一并公布。",
    "{}图书室延长开放时间，周末开到晚上九点。", "{}卫生站新增两个科室，群众看病更方便。",
    "公交线路调整以后，三路车经过{}。", "气象部门预计{}明后两天有小到中雨。",
)  # fmt: skip


@contextmanager
def database() -> Iterator[None]:
    """Start a throw-away PostgreSQL with the schema in it."""
    folder = Path(tempfile.mkdtemp(prefix="zhijian-bench-", dir="/tmp"))
    cluster = postgres.cluster_in(folder, settings=postgres.THROW_AWAY)
    cluster.start()
    os.environ |= {
        "DATABASE_URL": cluster.url("postgres"), "ZHIJIAN_DATA": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "zhijian.config.settings",
    }  # fmt: skip
    (folder / "data" / "static").mkdir(parents=True)
    import django  # noqa: PLC0415 -- not before the database has an address
    from django.core.management import call_command  # noqa: PLC0415 -- as above

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    try:
        yield
    finally:
        cluster.stop(mode="immediate")
        shutil.rmtree(folder, ignore_errors=True)


def fill(posts: int) -> dict[str, Any]:
    """Write bodies, accounts and posts; return the county, its people and how many posts hold each of the words."""
    from zhijian.organisations.actions import create_organisation  # noqa: PLC0415 -- not before Django is set up
    from zhijian.organisations.models import RoleAssignment, User  # noqa: PLC0415 -- as above

    def body(name: str, parent: object) -> Any:
        return create_organisation(
            actor=None, name=name, short_name=name, code=name, level="county", kind="department", parent=parent
        )

    county = body("云岭县人民政府", None)
    bodies = [body(f"云岭县第{number}局", county) for number in range(BODIES)]
    people = []
    for name in ("first", "second"):
        person = User.objects.create(username=name, display_name=name, organisation=county, password="!")  # noqa: S106 -- nobody signs in
        RoleAssignment.objects.create(
            user=person, organisation=county, role="supervising_officer", includes_subtree=True, granted_at=_now()
        )
        people.append(person)
    accounts = _accounts(bodies)
    _posts(accounts, posts)
    planted = len(range(0, posts, EVERY)), len(range(1, posts, SELDOM))
    return {"county": county, "people": people, "planted": planted}


def _now() -> Any:
    from zhijian.lib import clock  # noqa: PLC0415 -- not before Django is set up

    return clock.now()


def _accounts(bodies: list[Any]) -> list[tuple[Any, Any]]:
    """Make the accounts, each with a look of its only source."""
    from zhijian.lib.copying import copy_rows  # noqa: PLC0415 -- not before Django is set up
    from zhijian.observation.models import Look, Source  # noqa: PLC0415 -- as above
    from zhijian.registry.models import Account  # noqa: PLC0415 -- as above

    now = _now()
    rows = [
        Account(
            organisation=bodies[number % len(bodies)], number=f"B{number:08}", platform=platform, kind="",
            platform_group=platform, name=f"账号{number}", sort_key=f"{number:06}", initials="", holds_place=False,
            platform_uid=f"uid-{number}", state="active", created_at=now, changed_at=now,
        )
        for number, platform in enumerate(("wechat", "weibo") * (ACCOUNTS // 2))
    ]  # fmt: skip
    copy_rows(rows)
    sources = [
        Source(account=row, method="platform_read_back", legality="authorised", health_since=now, created_at=now)
        for row in rows
    ]
    copy_rows(sources)
    looks = [
        Look(source=one, account_id=one.account_id, at=now, covers_from=now, covers_to=now, result="saw", seen=0)
        for one in sources
    ]
    copy_rows(looks)
    return list(zip(rows, looks, strict=True))


def _posts(accounts: list[tuple[Any, Any]], count: int) -> None:
    from django.db import connection  # noqa: PLC0415 -- not before Django is set up

    from zhijian.lib.copying import copy_rows  # noqa: PLC0415 -- as above
    from zhijian.observation.models import Post, PostVersion  # noqa: PLC0415 -- as above

    now, draw = _now(), random.Random(20261123)  # noqa: S311 -- the same texts every time
    for start in range(0, count, 10_000):
        posts, versions = [], []
        for number in range(start, min(count, start + 10_000)):
            account, look = accounts[number % len(accounts)]
            at = now - timedelta(minutes=number)
            post = Post(
                account=account, key=f"k{number}", title=f"第{number}条", published_at=at, dated=True, first_seen_at=at,
                last_seen_at=at,
            )  # fmt: skip
            text = _text(number, draw)
            posts.append(post)
            versions.append(
                PostVersion(
                    post=post, look=look, seen_at=at, title=post.title, text=text, whole=True,
                    text_sha256=sha256(text.encode()).hexdigest(),
                )
            )  # fmt: skip
        copy_rows(posts)
        for row in versions:
            row.post_id = row.post.pk
        copy_rows(versions)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _text(number: int, draw: random.Random) -> str:
    """Write some 600 characters; at fixed numbers with the words of the terms in them."""
    told = draw.sample([(place, news) for place in PLACES for news in NEWS], 24)
    parts = [news.format(place) for place, news in told]
    if number % EVERY == 0:
        parts.insert(12, f"{FIRST}沿岸步道开放。")
    if number % SELDOM == 1:
        parts.insert(6, f"{SECOND}公园开放。")
    return "".join(parts)


def approve(given: dict[str, Any], wrong: str) -> int:
    """Let the first person propose a term and the second approve it; return its id."""
    from zhijian.knowledge import actions  # noqa: PLC0415 -- not before Django is set up

    draft = actions.TermDraft(wrong=wrong, right=f"{wrong[:2]}溪", source="云岭县地名公告", severity="warning")
    first, second = given["people"]
    term = actions.propose_term(actor=first, organisation=given["county"], draft=draft)
    return int(actions.approve_term(actor=second, term_id=term.pk).pk)


def worker(look_back_id: int) -> subprocess.Popen[str]:
    """Start a process that carries the look-back on; it prints its largest memory at its end."""
    return subprocess.Popen(  # noqa: S603 -- this very file
        [sys.executable, __file__, "--carry-on", str(look_back_id)], stdout=subprocess.PIPE, text=True
    )


def carry_on(look_back_id: int) -> None:
    """Be such a process."""
    import django  # noqa: PLC0415 -- as above

    django.setup()
    from zhijian.lookback import actions  # noqa: PLC0415 -- as above

    actions.carry_on(look_back_id=look_back_id)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024)


def look_back(given: dict[str, Any], posts: int, *, by_term: bool) -> dict[str, Any]:
    """Look back: kill a worker, change the rules, let two workers end it; then once more by the new term alone."""
    from zhijian.lookback import actions  # noqa: PLC0415 -- not before Django is set up
    from zhijian.lookback.models import Finding, LookBack  # noqa: PLC0415 -- as above

    first = approve(given, FIRST)
    words = [FIRST] if by_term else []
    row = actions.start_look_back(actor=given["people"][0], organisation=given["county"], words=words)
    begun = time.perf_counter()
    doomed = worker(row.pk)
    _wait_until(row.pk, posts // 4, doomed)
    doomed.send_signal(signal.SIGKILL)
    doomed.wait()
    killed_at = LookBack.objects.get(pk=row.pk).done
    second = approve(given, SECOND)
    changed = [worker(row.pk) for _ in range(2)]
    megabytes = max(int((one.communicate()[0] or "0").split()[-1]) for one in changed)
    seconds = time.perf_counter() - begun
    row.refresh_from_db()
    judged = Finding.objects.filter(look_back=row)
    once = row.done == posts and judged.filter(rule_id=f"term.{first}").count() == given["planted"][0]
    alone = actions.start_look_back(actor=given["people"][0], organisation=given["county"], words=[SECOND])
    again = time.perf_counter()
    megabytes = max(megabytes, int(worker(alone.pk).communicate()[0].split()[-1]))
    narrow = time.perf_counter() - again
    found = Finding.objects.filter(rule_id=f"term.{second}").count()
    return {
        "posts": posts, "rules": "one term" if by_term else "all", "seconds": round(seconds, 1),
        "a_second": round(posts / seconds), "killed_at": killed_at, "exact": once and found == given["planted"][1],
        "by_a_term_a_second": round(posts / narrow),
        "worker_mb": megabytes, "state": row.state, "findings": Finding.objects.count(), **pages(given, row.pk),
    }  # fmt: skip


def _wait_until(look_back_id: int, done: int, process: subprocess.Popen[str]) -> None:
    from zhijian.lookback.models import LookBack  # noqa: PLC0415 -- not before Django is set up

    while LookBack.objects.get(pk=look_back_id).done < done and process.poll() is None:
        time.sleep(0.05)


def pages(given: dict[str, Any], look_back_id: int) -> dict[str, Any]:
    """Ask for the pages of a look-back, of what was found and of a trial; return slowest of most and queries."""
    from django.db import connection  # noqa: PLC0415 -- not before Django is set up
    from django.test import Client  # noqa: PLC0415 -- as above
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- as above

    client = Client()
    client.force_login(given["people"][0])
    asked = {
        "list": "/desk/lookback/findings/?state=open", "search": "/desk/lookback/findings/?q=沿岸",
        "by_account": f"/desk/lookback/{look_back_id}/", "found_in": f"/desk/lookback/{look_back_id}/findings/?page=9",
    }  # fmt: skip
    figures: dict[str, Any] = {}
    for name, url in asked.items():
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(url)
        asked_for = len(queries)
        if answer.status_code != 200:
            raise SystemExit(f"{url}: {answer.status_code}")
        took = sorted(_took(client, url) for _ in range(ROUNDS))
        figures[f"{name}_p95_ms"] = round(took[int(ROUNDS * 0.95) - 1] * 1_000)
        figures[f"{name}_queries"] = asked_for
    return figures


def _took(client: Any, url: str) -> float:
    begun = time.perf_counter()
    client.get(url)
    return time.perf_counter() - begun


def main() -> None:
    """Measure and print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int)
    parser.add_argument("--by-term", action="store_true")
    parser.add_argument("--carry-on", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.carry_on:
        carry_on(given.carry_on)
        return
    figures = {}
    for posts in (given.posts,) if given.posts else SIZES:
        with database():
            by_term = given.by_term or posts > SIZES[0]
            figures[f"posts_{posts}"] = look_back(fill(posts), posts, by_term=by_term)
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
