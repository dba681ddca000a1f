"""Years of past posts from a file: faults are shown, nothing is doubled, a killed step goes on where it was."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.observation.world import NOW, make_account

from zhijian.lib.errors import Missing, Refused
from zhijian.observation import actions, queries
from zhijian.observation.actions import Choice
from zhijian.observation.enums import HistoryState
from zhijian.observation.models import History, HistoryFault, Look, Post, PostVersion
from zhijian.observation.reading import tables
from zhijian.observation.reading.seen import Unreadable

if TYPE_CHECKING:
    from pathlib import Path

    from tests.observation.world import Watch

HEAD = "账号名称,平台,标题,发布时间,链接,正文"
DAY = timedelta(days=1)


def csv_file(*lines: str) -> bytes:
    return "\n".join([HEAD, *lines]).encode()


def bring(watch: Watch, content: bytes, name: str = "往年.csv", **more: Any) -> History:
    """Upload a file, take the guessed columns, and read it through."""
    history = actions.upload_history(
        actor=watch.officer, organisation=watch.county.county, file_name=name, content=content,
        account_id=more.pop("account_id", None),
    )  # fmt: skip
    choice = Choice({**history.columns, **more.pop("columns", {})}, **more)
    actions.choose_columns(actor=watch.officer, history_id=history.pk, choice=choice)
    actions.run_history(history_id=history.pk)
    history.refresh_from_db()
    return history


def take(watch: Watch, history: History) -> History:
    actions.confirm_history(actor=watch.officer, history_id=history.pk)
    actions.run_history(history_id=history.pk)
    history.refresh_from_db()
    return history


GOOD = (
    "云岭水务,微信公众号,停水通知,2024-03-01 09:00,,明天停水",
    "云岭教育网,网站,招生,2024年5月2日,https://s.example/1,",
)


def test_columns_are_guessed_rows_are_judged_and_then_written(watch: Watch) -> None:
    history = bring(
        watch,
        csv_file(
            *GOOD, "不存在的号,微信,标题,2024-01-01,,文字", "云岭水务,微信,没有时间,,,文字",
            "云岭水务,微信,将来,2030-01-01,,文字", "云岭水务,微信,坏地址,2024-01-01,ftp://x,文字",
            "云岭水务,微信,,2024-01-01,,", "云岭水务,微信,a,2024-01-01,,b,多,出来",
        ),
    )  # fmt: skip
    assert (history.state, history.summary["good"], history.summary["faulty"]) == (HistoryState.PREVIEW, 2, 6)
    assert [(fault.row, fault.column) for fault in queries.faults_of(history)] == [
        (4, "账号名称"), (5, "发布时间"), (6, "发布时间"), (7, "链接"), (8, ""), (9, ""),
    ]  # fmt: skip
    assert Post.objects.count() == 0

    history = take(watch, history)

    assert history.state == HistoryState.IMPORTED
    assert history.summary["new"] == 2
    rows = Post.objects.order_by("published_at").values_list("account__name", "title", "published_at")
    assert list(rows) == [
        ("云岭水务", "停水通知", datetime(2024, 3, 1, 1, tzinfo=UTC)),
        ("云岭教育网", "招生", datetime(2024, 5, 1, 16, tzinfo=UTC)),
    ]
    # A file without a period covers nothing: what is not in it may still have come out.
    assert Look.objects.filter(sees_all=True).count() == 0
    assert set(Look.objects.values_list("snapshot", flat=True)) == {""}


def test_the_same_file_twice_doubles_nothing(watch: Watch) -> None:
    take(watch, bring(watch, csv_file(*GOOD)))
    again = take(watch, bring(watch, csv_file(*GOOD)))
    assert (again.summary["new"], again.summary["same"]) == (0, 2)
    assert (Post.objects.count(), PostVersion.objects.count()) == (2, 2)


def test_a_killed_import_goes_on_where_it_was_committed(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"云岭水务,微信,第{number}条,2024-01-01 00:00:{number % 60:02},,文字{number}" for number in range(1234)]
    history = bring(watch, csv_file(*lines))
    assert (history.summary["good"], history.total) == (1234, 1234)
    actions.confirm_history(actor=watch.officer, history_id=history.pk)
    # A worker that died after its first batch: the row says 500, and so many rows are written.
    from zhijian.observation.actions import histories  # noqa: PLC0415 - its steps are called one by one here

    row = History.objects.get(pk=history.pk)
    histories._work(row, histories._Reader())  # noqa: SLF001 - one batch of the loop, as a killed worker left it
    assert (History.objects.get(pk=history.pk).done, Post.objects.count()) == (500, 500)
    assert queries.stalled_histories() == []

    assert actions.run_history(history_id=history.pk) == HistoryState.IMPORTED

    assert (Post.objects.count(), PostVersion.objects.count()) == (1234, 1234)
    assert History.objects.get(pk=history.pk).summary["new"] == 1234
    assert actions.run_history(history_id=history.pk) == HistoryState.IMPORTED
    assert Post.objects.count() == 1234


def test_a_complete_period_covers_its_accounts(watch: Watch) -> None:
    start, end = NOW - 60 * DAY, NOW - 30 * DAY
    line = f"云岭水务,微信,里面,{(NOW - 40 * DAY).isoformat()},,字"
    history = bring(watch, csv_file(line), complete=True, covers_from=start, covers_to=end)
    take(watch, history)
    found = queries.activity(account_ids=[watch.wechat.pk, watch.school.pk], start=start, end=end)
    assert {pk: (one.covered, one.posts) for pk, one in found.items()} == {
        watch.wechat.pk: (True, 1), watch.school.pk: (False, 0),
    }  # fmt: skip


def test_a_file_of_which_rows_are_left_out_is_not_all_of_a_period(watch: Watch) -> None:
    start, end = NOW - 60 * DAY, NOW - 30 * DAY
    inside, outside = (NOW - 40 * DAY).isoformat(), (NOW - 90 * DAY).isoformat()
    lines = (f"云岭水务,微信,里面,{inside},,字", f"云岭水务,微信,外面,{outside},,字")
    history = bring(watch, csv_file(*lines), complete=True, covers_from=start, covers_to=end)
    assert (history.summary["good"], history.summary["faulty"]) == (1, 1)
    with pytest.raises(Refused, match="有 1 行有问题，不会导入，所以文件不是这一时段的全部内容"):
        actions.confirm_history(actor=watch.officer, history_id=history.pk)

    actions.choose_columns(actor=watch.officer, history_id=history.pk, choice=Choice(history.columns))
    actions.run_history(history_id=history.pk)
    take(watch, history)
    found = queries.activity(account_ids=[watch.wechat.pk], start=start, end=end)[watch.wechat.pk]
    assert (found.covered, found.posts) == (False, 1)


def test_the_same_name_on_two_platforms_needs_the_platform(watch: Watch) -> None:
    make_account(watch.county.water, "weibo", "云岭水务")
    content = csv_file("云岭水务,,甲,2024-01-01,,字", "云岭水务,新浪微博,乙,2024-01-01,,字")
    history = bring(watch, content)
    assert history.summary["good"] == 1
    assert "有多个账号叫这个名字" in HistoryFault.objects.get(history=history).sentence


def test_a_file_can_be_about_one_account_alone(watch: Watch) -> None:
    rows = [{"title": "甲", "publish_time": 1_700_000_000}, {"title": "乙", "publish_time": "2024-01-01"}]
    content = "\n".join(json.dumps(row) for row in [*rows, "不是对象"]).encode() + b"\n{broken"
    history = bring(watch, content, "posts.jsonl", account_id=watch.wechat.pk)
    assert (history.summary["good"], history.summary["faulty"]) == (2, 2)
    take(watch, history)
    assert set(Post.objects.values_list("account_id", flat=True)) == {watch.wechat.pk}


def test_parquet_is_read_with_its_own_types(watch: Watch) -> None:
    moments = [datetime(2024, 1, day, 8, tzinfo=UTC) for day in (1, 2)]
    table = pa.table({"标题": ["甲", "乙"], "发布时间": moments, "阅读": [1, None], "正文": ["<p>字</p>", None]})
    out = io.BytesIO()
    pq.write_table(table, out)
    history = bring(watch, out.getvalue(), "posts.parquet", account_id=watch.wechat.pk)
    take(watch, history)
    rows = Post.objects.order_by("pk").values_list("title", "published_at", "versions__text")
    assert list(rows) == [("甲", moments[0], "字"), ("乙", moments[1], "")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("posts.xlsx", b"PK"), ("posts.csv", b""), ("posts.csv", b"a,a\n1,2"), ("posts.csv", b"a,\n1,2"),
        ("posts.parquet", b"PAR1 not really PAR1"), ("posts.jsonl", b"[1,2]\nnothing"),
        ("posts.csv", ",".join(f"c{number}" for number in range(99)).encode() + b"\n" + b"1," * 98 + b"1"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_and_nothing_stays(watch: Watch, name: str, content: bytes) -> None:
    with pytest.raises(Refused):
        actions.upload_history(actor=watch.officer, organisation=watch.county.county, file_name=name, content=content)
    assert History.objects.count() == 0


def test_a_file_is_brought_in_by_who_watches_and_touches_only_their_accounts(watch: Watch) -> None:
    with pytest.raises(Refused, match="主管人员或巡检人员"):
        actions.upload_history(actor=watch.host, organisation=watch.county.water, file_name="a.csv", content=csv_file())
    history = actions.upload_history(
        actor=watch.inspector, organisation=watch.county.water, file_name="a.csv", content=csv_file(*GOOD)
    )
    choice = Choice(history.columns)
    with pytest.raises(Missing):
        actions.choose_columns(actor=watch.stranger, history_id=history.pk, choice=choice)
    actions.choose_columns(actor=watch.inspector, history_id=history.pk, choice=choice)
    actions.run_history(history_id=history.pk)
    history.refresh_from_db()
    # The school's account is in the file and not in the inspector's scope: it is unknown, not forbidden.
    assert (history.summary["good"], history.summary["accounts"]) == (1, [watch.wechat.pk])
    with pytest.raises(Missing):
        actions.upload_history(
            actor=watch.inspector, organisation=watch.county.water, file_name="a.csv", content=csv_file(),
            account_id=watch.school.pk,
        )  # fmt: skip


def test_columns_that_miss_what_is_needed_are_refused_with_every_reason(watch: Watch) -> None:
    history = actions.upload_history(
        actor=watch.officer, organisation=watch.county.county, file_name="a.csv", content=b"x,y\n1,2"
    )
    with pytest.raises(Refused) as refused:
        actions.choose_columns(actor=watch.officer, history_id=history.pk, choice=Choice({"name": "z"}, complete=True))
    assert len(refused.value.reasons) == 5
    with pytest.raises(Refused, match="先核对各列"):
        actions.confirm_history(actor=watch.officer, history_id=history.pk)


def test_a_file_that_was_given_up_or_imported_stays_so(watch: Watch) -> None:
    history = bring(watch, csv_file(*GOOD))
    actions.discard_history(actor=watch.officer, history_id=history.pk)
    for act in (actions.confirm_history, actions.discard_history):
        with pytest.raises(Refused):
            act(actor=watch.officer, history_id=history.pk)
    assert Post.objects.count() == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_of_a_table_is_found(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("标题;发布时间\n停水，通知;2024-01-01\n".encode(encoding))
    assert list(tables.open_rows(path, "csv")) == [(2, {"标题": "停水，通知", "发布时间": "2024-01-01"})]


@given(st.binary(max_size=300), st.sampled_from(["csv", "jsonl", "parquet"]))
def test_any_bytes_give_rows_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes, kind: str) -> None:
    path = tmp_path_factory.mktemp("any", numbered=True) / "file"
    path.write_bytes(data)
    told: list[object] = []
    try:
        told += [cells if isinstance(cells, str) else dict(cells) for _, cells in tables.open_rows(path, kind)]
    except Unreadable as unreadable:
        told.append(unreadable.sentence)
    assert all(isinstance(one, dict) or str(one).endswith("。") for one in told)


cells = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=20).map(str.strip).filter(bool)


@given(st.lists(st.tuples(cells, cells), max_size=8))
def test_what_a_table_holds_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.mktemp("table", numbered=True) / "file"
    lines = [json.dumps({"标题": title, "正文": text}, ensure_ascii=False) for title, text in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    read = [found for _, found in tables.open_rows(path, "jsonl")]
    assert read == [{"标题": title, "正文": text} for title, text in rows]
