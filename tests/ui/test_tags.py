from __future__ import annotations

from datetime import datetime

from bs4 import BeautifulSoup
from django import forms
from django.template import engines

from zhijian.lib import clock
from zhijian.ui.parts import Happening, Job, Stage, Tab

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=clock.BEIJING)


def draw(source: str, **context: object) -> BeautifulSoup:
    with clock.at(NOW):
        html = engines["django"].from_string("{% load ui %}" + source).render(context)
    return BeautifulSoup(html, "html.parser")


def words(soup: BeautifulSoup) -> str:
    return " ".join(soup.get_text(" ").split())


def test_a_badge_shows_a_shape_and_a_word_and_escapes_it() -> None:
    soup = draw('{% badge text "ok" %}', text="<b>正常</b>")
    assert soup.span["class"] == ["badge", "ok"]
    assert soup.span.get_text() == "<b>正常</b>"
    assert soup.use["href"].endswith("sprite.svg#circle-check")


def test_an_unknown_icon_is_drawn_as_a_point_and_breaks_nothing() -> None:
    assert draw('{% icon "no-such-icon" %}').use["href"].endswith("#point")


def test_a_moment_shows_the_date_and_the_distance() -> None:
    soup = draw("{% moment value %}", value=NOW.replace(hour=6))
    assert words(soup) == "2026-11-22 06:30 （3 小时前）"
    assert soup.time["datetime"] == "2026-11-22T06:30:00+08:00"


def test_a_refused_button_cannot_act_and_tells_every_reason() -> None:
    soup = draw('{% button "通过" post="/sign/" reasons=why %}', why=["您是作者。", "还有 1 处<必改>。"])
    button = soup.button
    assert (button["type"], button["aria-disabled"]) == ("button", "true")
    assert soup.form is None
    reasons = soup.find(id=button["aria-describedby"])
    assert [one.get_text(strip=True) for one in reasons.find_all("li")] == ["您是作者。", "还有 1 处<必改>。"]


def test_an_allowed_button_posts_with_its_token_or_leads_on() -> None:
    posted = draw('{% button "通过" post="/sign/" reasons=why %}', why=[], csrf_token="t0ken")
    assert (posted.form["action"], posted.form["method"], posted.input["value"]) == ("/sign/", "post", "t0ken")
    assert draw('{% button "看" href="/a/?b=1&c=2" %}').a["href"] == "/a/?b=1&c=2"


def test_a_confirmed_act_asks_in_a_dialog_and_leads_to_a_page_without_script() -> None:
    soup = draw('{% confirm "撤回" "/w/" text="要重新审核。" %}', csrf_token="t0ken")
    assert (soup.a["href"], soup.a["data-dialog"]) == ("/w/", soup.dialog["id"])
    assert (soup.dialog.form["action"], soup.dialog.form["method"]) == ("/w/", "post")
    assert soup.find(id=soup.dialog["aria-labelledby"]).get_text() == "撤回？"


class Sample(forms.Form):
    name = forms.CharField(label="名称", help_text="不超过 5 个字。", max_length=5)
    kinds = forms.MultipleChoiceField(label="类别", choices=[("a", "甲")], widget=forms.CheckboxSelectMultiple)
    agreed = forms.BooleanField(label="我已核对")

    def clean(self) -> None:
        raise forms.ValidationError("两处不一致。")


def test_a_field_is_wired_to_its_help_and_its_error() -> None:
    form = Sample({"name": "一二三四五六"})
    soup = draw("{% field form.name %}", form=form)
    assert soup.label["for"] == soup.input["id"] == "id_name"
    assert soup.input["aria-invalid"] == "true"
    described = [soup.find(id=one).get_text(strip=True) for one in soup.input["aria-describedby"].split()]
    assert described == ["不超过 5 个字。", str(form.errors["name"][0])]


def test_a_group_of_choices_has_a_legend_and_one_description() -> None:
    soup = draw("{% field form.kinds %}", form=Sample({}))
    assert words(soup.legend) == "类别 （必填）"
    assert soup.find(id=soup.fieldset["aria-describedby"]) is not None


def test_the_summary_links_to_every_wrong_field_and_tells_the_general_fault() -> None:
    soup = draw("{% form_errors form %}", form=Sample({"name": "", "agreed": "on"}))
    assert soup.strong.get_text() == "有 3 处需要修改"
    assert [one["href"] for one in soup.find_all("a")] == ["#id_name", "#id_kinds"]
    assert soup.li.get_text() == "两处不一致。"
    assert draw("{% form_errors form %}", form=Sample()).find("div") is None


def test_a_time_line_tells_who_did_what_when_from_where() -> None:
    soup = draw("{% timeline events %}", events=[Happening(NOW, "退回", who="周正", where="工作台", text="请改。")])
    assert words(soup) == "周正 退回 2026-11-22 09:30 （刚刚） · 工作台 请改。"


def test_stages_tell_their_state_in_words() -> None:
    soup = draw("{% stepper stages %}", stages=[Stage("初审", "done"), Stage("复审", "current"), Stage("终审")])
    assert [words(one) for one in soup.find_all("li")] == ["初审 已完成", "复审 正在这一步", "终审 未到"]
    assert [one.get("aria-current") for one in soup.find_all("li")] == [None, "step", None]


def test_a_running_job_is_asked_again_and_a_finished_one_is_not() -> None:
    running = draw("{% progress job %}", job=Job("导入", "running", done=5, total=10, refresh_url="/j/"))
    assert (running.section["hx-get"], running.progress["value"], running.progress["max"]) == ("/j/", "5", "10")
    done = draw("{% progress job %}", job=Job("导入", "done", done=10, total=10, refresh_url="/j/"))
    assert (done.section.get("hx-get"), done.progress) == (None, None)


def test_tabs_are_links_and_the_open_one_says_so() -> None:
    soup = draw("{% tabs entries %}", entries=[Tab("正文", "/a/", active=True), Tab("结果", "/b/", count=0)])
    assert [(one["href"], one.get("aria-current"), words(one)) for one in soup.find_all("a")] == [
        ("/a/", "page", "正文"),
        ("/b/", None, "结果 0"),
    ]


def test_differences_are_marked_for_the_eye_and_the_ear() -> None:
    soup = draw("{% diff parts %}", parts=[("equal", "周"), ("delete", "五"), ("insert", "<六>")])
    assert soup.get_text() == "周〔删去：五〕〔新增：<六>〕"
    assert (soup.find("del") is None, soup.find("ins") is None) == (False, False)


def test_facts_show_a_dash_for_nothing() -> None:
    soup = draw("{% facts pairs %}", pairs=[("人数", 1200), ("备注", ""), ("主账号", False)])
    assert [one.get_text() for one in soup.find_all("dd")] == ["1,200", "—", "否"]


def test_saved_views_appear_only_where_a_room_gives_them() -> None:
    assert words(draw("{% saved_views listing %}", listing={"name": "a"})) == ""
    soup = draw(
        "{% saved_views listing %}",
        listing={"name": "a"},
        saved_views=[{"name": "我的", "url": "?q=1", "active": True}],
    )
    assert (soup.a["href"], soup.a["aria-current"], words(soup.a)) == ("?q=1", "page", "我的")
