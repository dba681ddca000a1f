"""Finding an answer among 20,000: our search beside `ts_rank` over the same pairs, and LIKE over the same rows.

Invented entries (100 things × 20 acts × 10 places, each with two more wordings), asked in 300 ways that are not in the
index: other order, empty words around, one character mistyped. All three run in one PostgreSQL, in turns.
Figures: the share of questions whose right entry comes first (ours, ts_rank, LIKE), peer time / our time, p95 of ours.
`--entries N` takes fewer.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from zhijian.cli import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ENTRIES, QUESTIONS, SEED = 20_000, 300, 20_261_122
KIND = "bench.answer"
HEADS = (
    "社保", "医保", "公积", "居住", "身份", "户口", "驾驶", "营业", "健康", "结婚", "不动产", "养老", "失业",
    "生育", "残疾", "老年", "教师", "护照", "食品", "电梯",
)  # fmt: skip
TAILS = (
    "卡", "证", "金", "登记", "补贴",
)  # fmt: skip
ACTS = (
    "补办", "申请", "注销", "变更", "查询", "续期", "转移", "领取", "缴费", "退款", "年审", "备案", "公示",
    "投诉", "预约", "代办", "寄送", "打印", "核验", "减免",
)  # fmt: skip
PLACES = (
    "苔溪镇", "槐渡镇", "云桅镇", "青砚镇", "石磬镇", "枫渚镇", "杏畈镇", "苇泊镇", "竹涧镇", "桐岙乡",
)  # fmt: skip
AROUND = ("请问{}怎么办理", "我想{}需要什么材料", "{}在哪里办", "你好，{}可以吗", "{}要多久")
BY_RANK = """
SELECT thing_id FROM bench_peer WHERE words @@ %(any)s::tsquery
 ORDER BY ts_rank(words, %(any)s::tsquery) DESC, thing_id LIMIT 10
"""
BY_LIKE = "SELECT thing_id FROM bench_peer WHERE text LIKE %(part)s ORDER BY thing_id LIMIT 10"


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
        yield
    finally:
        cluster.stop(mode="immediate")
        shutil.rmtree(folder, ignore_errors=True)


def entries(count: int) -> list[tuple[str, str, str]]:
    """Return (place, thing, act) of every entry."""
    things = [head + tail for head, tail in product(HEADS, TAILS)]
    return [(place, thing, act) for thing, act, place in islice(product(things, ACTS, PLACES), count)]


def fill(rows: Sequence[tuple[str, str, str]]) -> None:
    """Write three wordings of every entry into our index, and the same words into the peer's table."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by now

    from zhijian.lib.wording import meant_grams, plain  # noqa: PLC0415 - as above
    from zhijian.search.models import Wording  # noqa: PLC0415 - as above

    wordings = [
        (number, text)
        for number, (place, thing, act) in enumerate(rows, 1)
        for text in (f"{place}{thing}怎么{act}？", f"{act}{place}的{thing}", f"{place}居民{thing}{act}流程")
    ]
    made = [
        Wording(thing_kind=KIND, thing_id=number, organisation_path="1.", is_public=True, text=text, plain=plain(text),
                grams=list(meant_grams(text)), gram_count=len(meant_grams(text)))
        for number, text in wordings
    ]  # fmt: skip
    Wording.objects.bulk_create(made, batch_size=5_000)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_peer (thing_id int, text text, words tsvector)")
        cursor.execute(
            "INSERT INTO bench_peer SELECT thing_id, plain, array_to_tsvector(grams::text[]) FROM search_wording"
        )
        cursor.execute("CREATE INDEX ON bench_peer USING gin (words)")
        cursor.execute("CREATE INDEX ON bench_peer USING gin (text gin_trgm_ops)")
        cursor.execute("ANALYZE bench_peer")
        cursor.execute("ANALYZE search_wording")


def asked(rows: Sequence[tuple[str, str, str]], draw: random.Random) -> list[tuple[int, str]]:
    """Return questions with the number of the entry each means; a fifth of them has a character mistyped."""
    questions = []
    for number in draw.sample(range(len(rows)), min(QUESTIONS, len(rows))):
        parts = list(rows[number])
        draw.shuffle(parts)
        text = "".join(parts)
        if draw.random() < 0.2:
            place = draw.randrange(len(text))
            text = text[:place] + "某" + text[place + 1 :]
        questions.append((number + 1, draw.choice(AROUND).format(text)))
    return questions


def ways() -> dict[str, Callable[[str], list[int]]]:
    """Return the three ways of finding, each from a question to at most ten numbers of entries."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by now

    from zhijian.lib.wording import meant_grams, plain  # noqa: PLC0415 - as above
    from zhijian.search.queries import find_wordings  # noqa: PLC0415 - as above

    def fetched(sql: str, values: dict[str, Any]) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return [row[0] for row in cursor.fetchall()]

    return {
        "ours": lambda text: [hit.thing_id for hit in find_wordings(thing_kind=KIND, text=text, limit=10)],
        "ts_rank": lambda text: fetched(BY_RANK, {"any": " | ".join(f"'{gram}'" for gram in meant_grams(text))}),
        "like": lambda text: fetched(BY_LIKE, {"part": f"%{plain(text)}%"}),
    }


def main() -> None:
    """Run and print; the last line is JSON."""
    options = argparse.ArgumentParser()
    options.add_argument("--entries", type=int, default=ENTRIES)
    rows, draw = entries(options.parse_args().entries), random.Random(SEED)  # noqa: S311 -- repeatable, nothing secret
    with database():
        fill(rows)
        spent: dict[str, list[float]] = {}
        first: dict[str, int] = {}
        for number, text in asked(rows, draw):
            for name, find in ways().items():
                start = time.perf_counter()
                found = find(text)
                spent.setdefault(name, []).append(time.perf_counter() - start)
                first[name] = first.get(name, 0) + (found[:1] == [number])
    questions = len(spent["ours"])
    middle = {name: statistics.median(times) for name, times in spent.items()}
    print(f"{len(rows):,} entries, {questions} questions; median ms: "
          + ", ".join(f"{name} {1000 * value:.1f}" for name, value in middle.items()))  # fmt: skip
    shares = {name: first[name] / questions for name in spent}
    print("right entry first: " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items()))
    p95 = statistics.quantiles(spent["ours"], n=20)[-1]
    figures = {
        "right_first": {"value": round(shares["ours"], 3), "goal": 0.9, "better": "higher"},
        "right_first_ts_rank": {"value": round(shares["ts_rank"], 3), "goal": 0, "better": "higher"},
        "ts_rank_time_by_ours": {
            "value": round(middle["ts_rank"] / middle["ours"], 2),
            "goal": 0.5,
            "better": "higher",
        },
        "p95_ms": {"value": round(1000 * p95, 1), "goal": 100, "better": "lower"},
    }
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
