"""The register at full size: list, filter and search of 178,700 accounts beside a bare Django list on the same rows.

The rows are invented, as many as the national register of 2021 had (19,779 bodies here). Every page is asked through
Django's test client, signed in as the supervising officer of the root, 50 rows a page. The bare list is the least a
Django project can do: a queryset with the same scope and order, a paginator, a template with the same seven columns.
Figures: bare time / our time for each kind of page (1.0 = as fast), p95 of our pages, and queries of a page.
Then a census of the whole tree is summed up; then the chain: sealing, one signed edition, its verification offline, and
200,000 accounts written with it and without; last a ledger of 200,000 rows, 5 % of them faulty, from upload to import.
`--rows N` and `--ledger N` take fewer.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from zhijian.cli import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BODIES, ACCOUNTS, LEDGER_ROWS, ROUNDS, SEED = 19_779, 178_700, 200_000, 15, 20_261_122
PLATFORMS = ("wechat", "weibo", "douyin", "kuaishou", "toutiao", "channels", "xiaohongshu", "bilibili", "baijiahao")
DUTIES = (
    "教育",
    "卫生健康",
    "公安",
    "水务",
    "林业",
    "文旅",
    "民政",
    "司法",
    "气象",
    "审计",
    "统计",
    "交通",
    "应急",
    "发布",
)
FIRST = "云东南北青石白清长安平永新金玉临高大龙凤江河湖山泉松竹梅兰芳宁和泰昌盛明德仁义礼"
TEMPLATE = """<html><body><p>{{ page.paginator.count }}</p><table>{% for row in page %}<tr><td><a href="/{{ row.pk }}/">
{{ row.name }}</a></td><td>{{ row.platform }}</td><td>{{ row.organisation.short_name }}</td><td>
{{ row.get_state_display }}</td><td>{{ row.is_main }}</td><td>{{ row.followers }}</td><td>{{ row.changed_at }}</td></tr>
{% endfor %}</table></body></html>"""


@contextmanager
def database() -> Iterator[None]:
    """Start a throw-away PostgreSQL with the schema in it."""
    folder = Path(tempfile.mkdtemp(prefix="zhijian-bench-", dir="/tmp"))
    folder.chmod(0o755)
    cluster = postgres.cluster_in(folder, settings=postgres.THROW_AWAY)
    os.environ.update(DJANGO_SETTINGS_MODULE="zhijian.config.settings", ZHIJIAN_DATA=str(folder / "data"))
    try:
        cluster.start()
        os.environ["DATABASE_URL"] = cluster.url("postgres")
        import django  # noqa: PLC0415 - only once the database has an address

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415 - as above

        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        yield
    finally:
        cluster.stop(mode="immediate")
        shutil.rmtree(folder, ignore_errors=True)


def load_bodies(count: int, draw: random.Random) -> list[Any]:
    """Make a province with cities, counties and departments, `count` bodies in all."""
    from zhijian.lib import clock  # noqa: PLC0415 - Django is set up by now
    from zhijian.organisations.actions import pinyin_key  # noqa: PLC0415 - as above
    from zhijian.organisations.models import Organisation  # noqa: PLC0415 - as above

    now, rows = clock.now(), []
    areas: list[tuple[str, str, str]] = []
    for pk in range(1, count + 1):
        if pk == 1:
            name, level, kind, path = "某省人民政府", "province", "government", "00000001."
        elif pk <= 1 + count // 15:
            level = "city" if pk % 8 == 0 else "county"
            area = "".join(draw.sample(FIRST, 2)) + ("市" if level == "city" else "县")
            name, kind, path = f"{area}人民政府", "government", f"00000001.{pk:08d}."
            areas.append((area, path, level))
        else:
            area, above, level = areas[pk % len(areas)]
            name, kind, path = f"{area}{draw.choice(DUTIES)}局", "department", f"{above}{pk:08d}."
        rows.append(
            Organisation(
                pk=pk,
                path=path,
                code=f"B{pk}",
                name=name,
                short_name=name,
                sort_key=pinyin_key(name),
                level=level,
                kind=kind,
                created_at=now,
                parent_id=None if pk == 1 else int(path.split(".")[-3]),
            )
        )
    Organisation.objects.bulk_create(rows, batch_size=2_000)
    return rows


def load_accounts(bodies: list[Any], count: int, draw: random.Random) -> None:
    """Give every body its accounts, a platform each, then more on the platforms that are left."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by now

    from zhijian.lib import clock  # noqa: PLC0415 - as above
    from zhijian.registry.actions.accounts import number_text  # noqa: PLC0415 - as above
    from zhijian.registry.models import Account  # noqa: PLC0415 - as above
    from zhijian.registry.queries import fill_search_fields  # noqa: PLC0415 - as above

    now, rows = clock.now(), []
    for serial in range(1, count + 1):
        body = bodies[serial % len(bodies)]
        platform = PLATFORMS[(serial // len(bodies)) % len(PLATFORMS)]
        rows.append(
            Account(
                organisation_id=body.pk,
                number=number_text(serial),
                platform=platform,
                platform_group=platform,
                name=body.name.replace("人民政府", "发布").removesuffix("局"),
                platform_uid=f"uid{serial:09d}",
                state="active" if draw.random() < 0.9 else "deregistered",
                followers=draw.randrange(10**6),
                is_main=serial <= len(bodies),
                holds_place=serial <= len(bodies) * len(PLATFORMS),
                created_at=now,
                changed_at=now,
            )
        )
        fill_search_fields(rows[-1])
        if len(rows) == 5_000 or serial == count:
            Account.objects.bulk_create(rows, batch_size=2_500)
            rows = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('registry_account_number', %s)", [count])
        cursor.execute("ANALYZE")


def officer() -> Any:
    """Make the person whose scope is everything."""
    from zhijian.organisations.actions import create_person, grant_role  # noqa: PLC0415 - Django is set up by now
    from zhijian.organisations.models import Organisation  # noqa: PLC0415 - as above

    root = Organisation.objects.get(pk=1)
    person = create_person(
        actor=None, username="bench", display_name="bench", organisation=root, password="", is_demonstration=True
    )
    grant_role(actor=None, user=person, organisation=root, role="supervising_officer", includes_subtree=True)
    return person


def bare_list(request: Any) -> Any:
    """The list a Django project starts with: scope, one filter, `icontains`, paginator, template."""
    from django.core.paginator import Paginator  # noqa: PLC0415 - Django is set up by now
    from django.db.models import Q  # noqa: PLC0415 - as above
    from django.http import HttpResponse  # noqa: PLC0415 - as above
    from django.template import Context, Engine  # noqa: PLC0415 - as above

    from zhijian.organisations.queries import in_scope  # noqa: PLC0415 - as above
    from zhijian.registry.models import Account  # noqa: PLC0415 - as above

    rows = (
        Account.objects.filter(in_scope(actor=request.user)).select_related("organisation").order_by("sort_key", "pk")
    )
    if request.GET.get("platform"):
        rows = rows.filter(platform=request.GET["platform"])
    if request.GET.get("level"):
        rows = rows.filter(organisation__level=request.GET["level"])
    if request.GET.get("q"):
        word = request.GET["q"]
        rows = rows.filter(Q(name__icontains=word) | Q(organisation__name__icontains=word) | Q(initials=word.lower()))
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    return HttpResponse(Engine().from_string(TEMPLATE).render(Context({"page": page})))


QUERIES = {
    "list": ("", "page=2", "page=40"),
    "filter": ("platform=douyin", "level=city", "platform=weibo&level=county"),
    "search": ("q=教育", "q=云山", "q=卫生健康", "q=uid000001234", "q=ysfb", "q=ZX000123456"),
}


def client_for(person: Any) -> Any:
    """Sign in, with the bare list at an address of its own."""
    from django.contrib.auth.decorators import login_required  # noqa: PLC0415 - Django is set up by now
    from django.test import Client  # noqa: PLC0415 - as above
    from django.urls import path  # noqa: PLC0415 - as above

    from zhijian.config import urls  # noqa: PLC0415 - as above

    urls.urlpatterns.append(path("desk/bare/", login_required(bare_list)))
    client = Client()
    client.force_login(person)
    return client


def timed(act: Callable[[], Any]) -> float:
    """Return the milliseconds an act takes."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def ask(client: Any, address: str) -> None:
    """Open a page, which must answer."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)


def measure(client: Any) -> dict[str, Any]:
    """Ask each page of both lists in turn, so that both meet the same machine."""
    figures: dict[str, Any] = {}
    all_ours: list[float] = []
    for kind, queries in QUERIES.items():
        ratios = []
        for query in queries:
            ours, bare = f"/desk/accounts/?{query}", f"/desk/bare/?{query}"
            ask(client, ours), ask(client, bare)
            times = [(timed(lambda: ask(client, ours)), timed(lambda: ask(client, bare))) for _ in range(ROUNDS)]  # noqa: B023 - called at once
            mine, theirs = ([pair[side] for pair in times] for side in (0, 1))
            all_ours += mine
            ratios.append(median(theirs) / median(mine))
            medians = f"{median(mine):8.1f} ms   bare {median(theirs):8.1f} ms"
            print(f"{kind:7} {query or '-':32} {medians}")
        figures[f"{kind}_ratio"] = {"value": round(min(ratios), 2), "goal": 0.5, "better": "higher"}
    figures["p95_ms"] = {"value": round(quantiles(all_ours, n=20)[-1], 1), "goal": 100, "better": "lower"}
    figures["queries_per_page"] = {"value": count_queries(client), "goal": 12, "better": "lower"}
    return figures


def count_queries(client: Any) -> int:
    """Return the most queries any of the pages makes."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by now
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 - as above

    most = 0
    for query in (query for queries in QUERIES.values() for query in queries):
        with CaptureQueriesContext(connection) as captured:
            ask(client, f"/desk/accounts/?{query}")
        most = max(most, len(captured))
    return most


FAULTS = ("某省没有的局", "", "2019年13月", "一万多人左右吧", "五九九七六五四三")


def ledger_lines(count: int) -> list[str]:
    """Return a ledger of many bodies as CSV lines; every twentieth row has a fault, five kinds by turns."""
    from zhijian.organisations.models import Organisation  # noqa: PLC0415 - Django is set up by now

    names = Counter(Organisation.objects.values_list("name", flat=True))
    known = [name for name, times in names.items() if times == 1]
    lines = ["单位,平台,名称,账号ID,粉丝数,开设时间,联系电话"]
    for row in range(count):
        cells = [known[row % len(known)], "澎湃号", f"某省{row}", f"new{row:07d}", "1.2万", "2020.3", "0599-7654321"]
        if row % 20 == 0:
            kind = row // 20 % len(FAULTS)
            cells[(0, 2, 5, 4, 6)[kind]] = FAULTS[kind]
        lines.append(",".join(cells))
    return lines


def time_ledger(person: Any, count: int) -> dict[str, Any]:
    """Bring a ledger with 5 % faulty rows from upload to import, the person's look at the faults between."""
    from zhijian.lib.errors import Refused  # noqa: PLC0415 - Django is set up by now
    from zhijian.organisations.models import Organisation  # noqa: PLC0415 - as above
    from zhijian.registry import actions  # noqa: PLC0415 - as above
    from zhijian.registry.actions.ledger_steps import build_preview, run_import  # noqa: PLC0415 - as above
    from zhijian.registry.models import Account, Ledger  # noqa: PLC0415 - as above

    root, content = Organisation.objects.get(pk=1), "\n".join(ledger_lines(count)).encode()
    ledger, before, seconds = Ledger(), Account.objects.count(), {}

    def read() -> None:
        actions.choose_columns(actor=person, ledger_id=ledger.pk, layouts=actions.layouts_of(ledger))
        build_preview(ledger_id=ledger.pk)

    def write() -> None:
        actions.confirm_ledger(actor=person, ledger_id=ledger.pk, skip_faulty=True)
        run_import(ledger_id=ledger.pk)

    start = time.perf_counter()
    ledger = actions.upload_ledger(actor=person, organisation=root, file_name="a.csv", content=content)
    seconds["uploaded"] = time.perf_counter() - start
    seconds["read"] = timed(read) / 1000
    ledger.refresh_from_db()
    try:
        actions.confirm_ledger(actor=person, ledger_id=ledger.pk, skip_faulty=False)
    except Refused as refused:
        print(*refused.reasons)
    seconds["faults written out"] = timed(lambda: actions.faulty_workbook(ledger)) / 1000
    seconds["imported"] = timed(write) / 1000
    assert Account.objects.count() - before == ledger.summary["new"] == count - count // 20
    print(f"ledger of {count:,} rows: {', '.join(f'{what} {value:.1f} s' for what, value in seconds.items())}")
    total = sum(seconds.values())
    return {f"ledger_of_{count}_s": {"value": round(total, 1), "goal": 60, "better": "lower"}}


def time_proof() -> dict[str, Any]:
    """Seal every change of the loading, then write one signed edition of the whole register, and verify it offline."""
    from zhijian.lib.signing import known_providers  # noqa: PLC0415 - Django is set up by now
    from zhijian.proof.actions import publish_register, register_folder, seal_all  # noqa: PLC0415 - as above
    from zhijian.proof.queries import changes_page, newest_edition  # noqa: PLC0415 - as above
    from zhijian.proof.verifying import Verifier  # noqa: PLC0415 - as above

    sealing = timed(seal_all) / 1000
    export = timed(lambda: publish_register(always=True)) / 1000
    edition = newest_edition()
    assert edition is not None
    folder = register_folder() / edition.folder
    files = [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]
    after = 0
    while len(page := changes_page(after=after)) > 100:
        files.append((f"changes-{after}.json", page))
        after = json.loads(page)["seals"][-1]["number"]
    verifier = Verifier(known_providers(""))
    checking = timed(lambda: verifier.verify(files)) / 1000
    assert verifier.report.is_proved, verifier.report.faults[:3]
    size = sum(len(data) for _, data in files) / 1e6
    print(f"{edition.accounts:,} accounts: sealed {sealing:.1f} s, exported {export:.1f} s, verified {checking:.1f} s")
    print(f"{size:.0f} MB in {len(files)} files")
    return {
        "signed_export_s": {"value": round(export, 1), "goal": 10, "better": "lower"},
        "sealing_everything_s": {"value": round(sealing, 1), "goal": 60, "better": "lower"},
        "offline_verification_s": {"value": round(checking, 1), "goal": 60, "better": "lower"},
    }


def time_writing(bodies: int) -> dict[str, Any]:
    """Write 200,000 further accounts by COPY, as an import does, with the triggers of the chain and without them."""
    from django.db import connection, transaction  # noqa: PLC0415 - Django is set up by now

    from zhijian.lib import clock  # noqa: PLC0415 - as above
    from zhijian.lib.copying import copy_rows  # noqa: PLC0415 - as above
    from zhijian.registry.models import Account  # noqa: PLC0415 - as above
    from zhijian.registry.queries import fill_search_fields  # noqa: PLC0415 - as above

    def write() -> None:
        now = clock.now()
        for start in range(0, 200_000, 2_000):
            rows = [
                Account(
                    organisation_id=serial % bodies + 1, number=f"ZY{serial:09d}", platform="pengpai",
                    platform_group=f"more{serial}", name=f"某省{serial}", platform_uid=f"more{serial}",
                    holds_place=False, created_at=now, changed_at=now,
                )
                for serial in range(start, start + 2_000)
            ]  # fmt: skip
            for row in rows:
                fill_search_fields(row)
            copy_rows(rows)

    seconds = {}
    for name, state in (("without", "DISABLE"), ("with", "ENABLE")):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER TABLE registry_account {state} TRIGGER proof_account_added")
            seconds[name] = timed(write) / 1000
            transaction.set_rollback(True)
    print(f"200,000 accounts written: {seconds['with']:.1f} s, without the chain {seconds['without']:.1f} s")
    return {"writing_200000_accounts_s": {"value": round(seconds["with"], 1), "goal": 60, "better": "lower"}}


def time_statistics(person: Any) -> dict[str, Any]:
    """Open a census over the whole tree and sum all of it up: by platform, level, state, problem and branch."""
    from zhijian.census.actions import CampaignDraft, draft_campaign, fill_sheets, open_campaign  # noqa: PLC0415 - Django is set up by now
    from zhijian.census.queries import layout_choices, statistics  # noqa: PLC0415 - as above
    from zhijian.lib import clock  # noqa: PLC0415 - as above
    from zhijian.organisations.models import Organisation  # noqa: PLC0415 - as above

    root = Organisation.objects.get(pk=1)
    draft = CampaignDraft(
        title="全省排查", basis="某办发〔2026〕1号", scope=root, layout=layout_choices(actor=person)[0][0],
        due_on=clock.today().replace(year=clock.today().year + 1),
    )  # fmt: skip
    campaign = draft_campaign(actor=person, organisation=root, draft=draft)
    open_campaign(actor=person, campaign_id=campaign.pk)
    filling = timed(lambda: fill_sheets(campaign_id=campaign.pk)) / 1000
    campaign.refresh_from_db()

    def add_up() -> Any:
        return statistics(actor=person, campaign=campaign, branch=root, signed_only=False)

    found = add_up()
    times = [timed(add_up) / 1000 for _ in range(3)]
    print(f"census of {found.whole.total:,} accounts: filled {filling:.0f} s, summed up {median(times):.2f} s")
    return {"tree_statistics_s": {"value": round(median(times), 2), "goal": 1, "better": "lower"}}


def main() -> None:
    """Load, measure, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ACCOUNTS)
    parser.add_argument("--ledger", type=int, default=LEDGER_ROWS)
    options = parser.parse_args()
    draw = random.Random(SEED)  # noqa: S311 - invented data, the same in every run
    with database():
        start = time.perf_counter()
        load_accounts(load_bodies(max(100, BODIES * options.rows // ACCOUNTS), draw), options.rows, draw)
        print(f"loaded {options.rows:,} accounts in {time.perf_counter() - start:.0f} s")
        person = officer()
        figures = measure(client_for(person))
        figures.update(time_statistics(person))
        figures.update(time_proof())
        figures.update(time_writing(max(100, BODIES * options.rows // ACCOUNTS)))
        figures.update(time_ledger(person, options.ledger))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
