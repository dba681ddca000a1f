"""The list over real rows: sessions stand in, because they have text, a choice and a moment and need no other room."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils.encoding import iri_to_uri
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from zhijian.audit.models import Event
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.ui.listing import BulkAct, Choice, Choices, Column, Dates, Empty, Flag, Listing, grouped_counts
from zhijian.ui.listing.exports import neutralised
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http.response import HttpResponseBase

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 1, 0, 0, tzinfo=clock.BEIJING)
KINDS = (("wechat", "微信"), ("weibo", "微博"), ("video", "视频"))


def make(number: int) -> None:
    Session.objects.bulk_create(
        Session(
            session_key=f"号{place:05}", session_data=KINDS[place % 3][0], expire_date=START + timedelta(days=place)
        )
        for place in range(number)
    )


def kind_badge(row: Session) -> Badge:
    return Badge(dict(KINDS)[row.session_data], "ok")


def early_rows(rows: QuerySet[Session], value: bool) -> QuerySet[Session]:  # noqa: FBT001 - what a Flag hands over
    border = START + timedelta(days=3)
    return rows.filter(expire_date__lt=border) if value else rows.filter(expire_date__gte=border)


count_kinds = grouped_counts("session_data")


def sessions(**changes: Any) -> Listing:
    declared: dict[str, Any] = {
        "name": "sessions",
        "title": "样例",
        "rows": Session.objects.all(),
        "columns": (
            Column(key="name", label="名称", value="session_key", sort="session_key", link=lambda row: f"/s/{row.pk}/"),
            Column(key="kind", label="类别", value=kind_badge, sort="session_data"),
            Column(key="expire_date", label="到期", sort="expire_date"),
            Column(key="size", label="长度", value=lambda row: len(row.session_data) * 1000, numeric=True, shown=False),
        ),
        "sort": "name",
        "filters": (
            Choice(key="kind", label="类别", lookup="session_data", choices=KINDS, counts=count_kinds),
            Choices(key="kinds", label="几类", lookup="session_data", choices=lambda: KINDS),
            Flag(key="early", label="月初", lookup=early_rows),
            Dates(key="due", label="到期", lookup="expire_date"),
        ),
        "search": lambda rows, text: rows.filter(session_key__contains=text),
        "page_size": 20,
    }  # fmt: skip
    return Listing(**declared | changes)


def ask(query: str = "", listing: Listing | None = None, **headers: str) -> HttpResponseBase:
    request = RequestFactory().get(f"/list/?{iri_to_uri(query)}", headers=headers)
    request.user = AnonymousUser()
    return (listing or sessions()).respond(request)


def soup_of(answer: HttpResponseBase) -> BeautifulSoup:
    return BeautifulSoup(answer.content.decode(), "html.parser")  # type: ignore[attr-defined]  # pages do not stream


def names(answer: HttpResponseBase) -> list[str]:
    return [cell.get_text(strip=True) for cell in soup_of(answer).select("tbody th")]


def words(soup: Any) -> str:
    return " ".join(soup.get_text(" ").split())


def notices(answer: HttpResponseBase) -> list[str]:
    return [words(one) for one in soup_of(answer).select(".results .note")]


def test_a_page_shows_its_rows_in_order_and_how_many_there_are() -> None:
    make(45)
    soup = soup_of(ask())
    assert [cell.get_text(strip=True) for cell in soup.select("tbody th")] == [f"号{n:05}" for n in range(20)]
    assert words(soup.select_one(".pager p")) == "第 1–20 项，共 45 项"
    assert soup.select_one("tbody th a")["href"] == "/s/号00000/"
    assert [words(head) for head in soup.select("thead th")] == ["名称", "类别", "到期"]


def test_pages_show_every_row_once_even_when_the_sort_value_is_equal() -> None:
    make(45)
    seen = [name for page in (1, 2, 3) for name in names(ask(f"sort=-kind&page={page}"))]
    assert sorted(seen) == [f"号{n:05}" for n in range(45)]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("q=00003", [3]),
        ("q=+00003%00+", [3]),
        ("kind=weibo", [1, 4, 7]),
        ("kinds=weibo&kinds=video", [1, 2, 4, 5, 7, 8]),
        ("early=1", [0, 1, 2]),
        ("early=0&kind=wechat", [3, 6]),
        ("due_from=2026-11-08", [7, 8]),
        ("due_from=2026-11-02&due_to=2026-11-03", [1, 2]),
        ("sort=-name&kind=video", [8, 5, 2]),
        ("sort=-expire_date&due_to=2026-11-02", [1, 0]),
    ],
)
def test_search_filters_and_sort_choose_exactly_these_rows(query: str, places: list[int]) -> None:
    make(9)
    answer = ask(query)
    assert names(answer) == [f"号{n:05}" for n in places]
    assert notices(answer) == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("foo=1", "“foo”"),
        ("kind=nobody", "类别“nobody”"),
        ("sort=size", "排序“size”"),
        ("size=7", "每页行数“7”"),
        ("page=-1", "页码“-1”"),
        ("page=１", "页码“１”"),
        ("cols=secret&cols=name&cols=kind&cols=expire_date", "列“secret”"),
        ("due_from=2026-02-30", "到期“2026-02-30”（日期写作 2026-11-22）"),
        ("due_from=0001-01-01", "到期“0001-01-01”（日期写作 2026-11-22）"),
        ("due_from=2026-11-05&due_to=2026-11-04", "到期（开始晚于结束）"),
        ("export=pdf", "导出格式“pdf”"),
        ("kind=" + "长" * 50, f"类别“{'长' * 30}…”"),
    ],
)
def test_what_the_address_says_wrongly_is_named_and_not_used(query: str, said: str) -> None:
    make(3)
    answer = ask(query)
    assert answer.status_code == 200
    assert notices(answer) == [f"网址里有认不出的条件，没有使用：{said}。"]
    assert names(answer) == ["号00000", "号00001", "号00002"]


def test_a_page_past_the_end_shows_the_last_one_and_says_so() -> None:
    make(25)
    answer = ask("page=9")
    assert notices(answer) == ["没有第 9 页，这是最后一页。"]
    assert names(answer) == [f"号{n:05}" for n in range(20, 25)]


def test_counting_stops_and_paging_with_it() -> None:
    make(70)
    answer = ask("page=3", sessions(count_cap=60))
    assert words(soup_of(answer).select_one(".pager p")) == "第 41–60 项，共 60+ 项。再往后请用筛选缩小范围"
    assert soup_of(answer).select_one("[rel=next]") is None


def test_every_link_keeps_the_rest_of_the_state() -> None:
    make(60)
    soup = soup_of(
        ask("q=号&kinds=weibo&kinds=video&size=20&sort=-name&cols=name&cols=size&page=2&tab=a", sessions(keep=["tab"]))
    )
    state = {"q": ["号"], "kinds": ["weibo", "video"], "sort": ["-name"], "cols": ["name", "size"], "tab": ["a"]}
    previous = soup.select_one("[rel=prev]")["href"]
    assert parse_qs(urlsplit(previous).query) == state
    turned = soup.select_one("thead a")["href"]
    assert parse_qs(urlsplit(turned).query) == {name: value for name, value in state.items() if name != "sort"}
    chips = {words(one): parse_qs(urlsplit(one["href"]).query) for one in soup.select(".chips a")}
    rest = {name: value for name, value in state.items() if name != "q"}
    assert chips == {
        "搜索：号 ，去掉这个条件": rest,
        "几类：微博、视频 ，去掉这个条件": {name: value for name, value in state.items() if name != "kinds"},
        "清除全部条件": {name: value for name, value in rest.items() if name != "kinds"},
    }


def test_an_empty_list_and_a_list_without_matches_say_different_things() -> None:
    listing = sessions(empty=Empty("还没有账号", "请先导入。", "导入", "/import/"))
    soup = soup_of(ask("", listing))
    assert (words(soup.select_one(".empty")), soup.select_one(".empty a")["href"]) == (
        "还没有账号 请先导入。 导入",
        "/import/",
    )
    make(1)
    soup = soup_of(ask("q=没有的", listing))
    assert words(soup.select_one(".empty")).startswith("没有符合条件的内容")
    assert soup.select_one(".empty a")["href"] == "/list/"


@pytest.mark.parametrize("query", ["", "q=号&kind=weibo&due_from=2026-11-01&size=20"])
def test_a_page_costs_the_same_queries_for_thirty_rows_and_for_a_hundred_and_one_less_when_all_fit(query: str) -> None:
    counted = []
    for number in (2, 80, 200):
        Session.objects.all().delete()
        make(number)
        with CaptureQueriesContext(connection) as seen:
            listing = sessions()
            assert len(names(ask(query, listing))) > 0
        counted.append(sum("django_session" in one["sql"] for one in seen))
    assert counted == [listing.queries - 1, listing.queries, listing.queries] == [2, 3, 3]


def test_htmx_gets_the_results_alone_and_the_clean_address() -> None:
    make(30)
    answer = ask("q=&kind=weibo&kinds=&page=1", **{"HX-Request": "true"})
    assert answer.content.decode().lstrip().startswith('<div id="results-sessions"')  # type: ignore[attr-defined]  # no stream
    assert answer["HX-Push-Url"] == "/list/?kind=weibo"
    assert "HX-Request" in answer["Vary"]
    whole = ask("", **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<!DOCTYPE html>" in whole.content.decode()  # type: ignore[attr-defined]  # no stream


def test_bulk_acts_post_the_chosen_rows_and_a_refused_one_tells_why() -> None:
    make(2)
    acts = [BulkAct(label="提醒", url="/remind/"), BulkAct(label="注销", url="/close/", reasons=["不归您管。"])]
    soup = soup_of(ask("q=号", sessions(bulk=acts)))
    form = soup.select_one("form.bulk")
    assert [one["formaction"] for one in form.select("[formaction]")] == ["/remind/"]
    assert (form.select_one("[name=next]")["value"], words(form.select_one(".reasons"))) == (
        "/list/?q=%E5%8F%B7",
        "不归您管。",
    )
    boxes = soup.select("input[name=chosen]")
    assert [(one["value"], one["form"], one["aria-label"]) for one in boxes] == [
        ("号00000", form["id"], "选择号00000"),
        ("号00001", form["id"], "选择号00001"),
    ]


def csv_of(answer: HttpResponseBase) -> list[list[str]]:
    raw = b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # CSV streams
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))


def test_files_hold_all_matching_rows_of_the_shown_columns() -> None:
    make(30)
    asked: list[str] = []
    listing = sessions(permit=lambda request: asked.append(request.path))
    with clock.at(datetime(2026, 11, 22, 9, 30, tzinfo=clock.BEIJING)):
        answer = ask("export=csv&kind=weibo&cols=name&cols=kind&cols=expire_date&sort=-name", listing)
    assert csv_of(answer)[:2] == [["名称", "类别", "到期"], ["号00028", "微博", "2026-11-29 00:00"]]
    assert answer["Content-Disposition"].endswith("%E6%A0%B7%E4%BE%8B-2026-11-22.csv")
    answer = ask("export=xlsx&kind=weibo&q=号&cols=name&cols=size&cols=expire_date", listing)
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]  # files stream
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[:2] == [("名称", "到期", "长度"), ("号00001", datetime(2026, 11, 2, 0, 0), 5000)]  # noqa: DTZ001 - sheets know no zones
    assert (len(rows), asked) == (11, ["/list/", "/list/"])
    assert [(event.name, event.thing_id, event.data) for event in Event.objects.order_by("pk")] == [
        (
            "audit.list.exported", "sessions",
            {"format": kind, "rows": 10, "narrowed": {"kind": [["kind", "weibo"]], **searched}},
        )
        for kind, searched in (("csv", {}), ("xlsx", {"q": True}))
    ]  # fmt: skip


def test_a_refused_file_leaves_no_row_in_the_log() -> None:
    make(1)

    def refuse(request: Any) -> None:
        raise Refused(f"不给{request.user}。")

    with pytest.raises(Refused):
        ask("export=csv", sessions(permit=refuse))
    assert not Event.objects.exists()


DANGEROUS = ["=1+1", "+86 1", "-2+3", "@SUM(A1)", "＝1", "  =1", "\t=1", "\n=1"]


def test_no_cell_of_a_file_is_a_formula() -> None:
    moment = START
    Session.objects.bulk_create(
        Session(session_key=text, session_data="weibo", expire_date=moment) for text in [*DANGEROUS, "平常=1", "a\x0bb"]
    )
    expected = sorted([*(f"'{text}" for text in DANGEROUS), "平常=1", "ab"])
    assert sorted(row[0] for row in csv_of(ask("export=csv"))[1:]) == expected
    answer = ask("export=xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]  # files stream
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert sorted(cell.value for cell in cells) == expected


@given(text=st.text(max_size=20))
def test_neutralising_changes_only_what_could_run(text: str) -> None:
    safe = neutralised(text)
    assert safe in {text, f"'{text}"}
    assert not safe.lstrip().startswith(("=", "+", "-", "@"))


def test_too_many_rows_for_one_file_are_told_and_no_file_leaves(settings: Any) -> None:
    settings.ZHIJIAN_LIST_EXPORT_ROWS = 5
    make(6)
    answer = ask("export=csv")
    assert (answer.status_code, Event.objects.count()) == (409, 0)
    assert notices(answer) == ["符合条件的超过 5 行，一次最多导出 5 行。请先用筛选缩小范围，再分次导出。"]
    make_one_less = Session.objects.order_by("pk").first()
    assert make_one_less is not None
    make_one_less.delete()
    assert len(csv_of(ask("export=csv"))) == 6


PARAMETERS = ["q", "sort", "page", "size", "cols", "kind", "kinds", "early", "due_from", "due_to", "view", "x\x00"]
VALUES = st.one_of(
    st.text(max_size=120),
    st.sampled_from(
        ["", "-name", "weibo", "1", "99999999999999999999", "2026-11-03", "9999-12-31", "\x00", "\ud7ff", "%"]
    ),
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.lists(st.tuples(st.sampled_from(PARAMETERS), VALUES), max_size=8))
def test_no_address_breaks_a_list(data: list[tuple[str, str]]) -> None:
    if not Session.objects.exists():
        make(3)
    grouped: dict[str, list[str]] = {}
    for name, value in data:
        grouped.setdefault(name, []).append(value)
    request = RequestFactory().get("/list/", data=grouped)
    request.user = AnonymousUser()
    assert sessions().respond(request).status_code == 200
