from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from django.test import Client, RequestFactory

from zhijian.lib.errors import Refused
from zhijian.ui.confirm import confirmation
from zhijian.ui.errors import EXPLANATIONS, error_page
from zhijian.ui.refusals import RefusalMiddleware

if TYPE_CHECKING:
    from collections.abc import Callable


def test_theme_and_large_type_are_remembered_and_lead_back() -> None:
    client = Client()
    answer = client.post("/appearance/", {"theme": "dark", "next": "/desk/style/?rows=0"})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/style/?rows=0")
    client.post("/appearance/", {"elder": "1", "next": "/"})
    assert {name: cookie.value for name, cookie in client.cookies.items()} == {"zj_theme": "dark", "zj_elder": "1"}


@pytest.mark.parametrize("there", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_the_way_back_never_leaves_the_site(there: str) -> None:
    answer = Client().post("/appearance/", {"elder": "1", "next": there})
    assert answer["Location"] == "/"


def test_an_unknown_theme_is_not_kept() -> None:
    answer = Client().post("/appearance/", {"theme": "pink", "elder": "2"})
    assert answer.cookies == {}
    assert Client().get("/appearance/").status_code == 405


@pytest.mark.django_db
def test_the_page_carries_the_persons_choice(settings: Any) -> None:
    settings.ZHIJIAN_STYLE_PAGE = True
    client = Client()
    client.cookies["zj_theme"], client.cookies["zj_elder"] = "dark", "1"
    start = client.get("/desk/style/").content.decode()[:200]
    assert '<html lang="zh-CN" data-theme="dark" data-elder="1">' in start
    client.cookies["zj_theme"], client.cookies["zj_elder"] = '"><script>', "yes"
    assert '<html lang="zh-CN" data-theme="auto">' in client.get("/desk/style/").content.decode()[:200]


@pytest.mark.django_db
def test_the_style_page_is_closed_where_it_is_not_asked_for(settings: Any) -> None:
    settings.ZHIJIAN_STYLE_PAGE = settings.DEBUG = False
    assert [Client().get(f"/desk/style/{path}").status_code for path in ("", "portal/")] == [404, 404]


@pytest.mark.parametrize("status", EXPLANATIONS)
def test_every_error_page_says_what_happened_without_touching_the_database(status: int) -> None:
    answer = error_page(RequestFactory().get("/x/?a=<b>"), status)
    html = answer.content.decode()
    assert answer.status_code == status
    assert EXPLANATIONS[status].title in html
    assert "<b>" not in html


def test_an_error_page_leads_back_only_within_the_site() -> None:
    def back(referer: str) -> bool:
        request = RequestFactory().get("/x/", headers={"referer": referer})
        return "返回上一页" in error_page(request, 409).content.decode().replace("请返回上一页", "")

    assert [back(one) for one in ("http://testserver/desk/", "http://testserver/x/", "http://elsewhere.example/")] == [
        True, False, False,
    ]  # fmt: skip


def raising(exception: Exception) -> Callable[[Any], HttpResponse]:
    def view(_request: Any) -> HttpResponse:
        raise exception

    return view


def test_a_refusal_no_view_caught_becomes_a_page_with_its_reasons() -> None:
    middleware = RefusalMiddleware(raising(ValueError()))
    request = RequestFactory().post("/desk/x/")
    answer = middleware.process_exception(request, Refused(["您是作者。", "还缺 <签字>。"]))
    assert answer is not None
    html = answer.content.decode()  # type: ignore[attr-defined]  # error pages do not stream
    assert (answer.status_code, "您是作者。" in html, "还缺 &lt;签字&gt;。" in html) == (409, True, True)


def test_a_form_over_the_limit_is_told_so_and_other_faults_stay_faults() -> None:
    middleware = RefusalMiddleware(raising(ValueError()))
    request = RequestFactory().post("/desk/x/")
    answer = middleware.process_exception(request, RequestDataTooBig())
    assert answer is not None
    assert answer.status_code == 413
    assert middleware.process_exception(request, ValueError()) is None


@pytest.mark.django_db
def test_the_confirmation_page_posts_to_its_own_address_or_tells_why_not(rf: RequestFactory) -> None:
    def ask(*reasons: str) -> str:
        request = rf.get("/w/")
        request.user = AnonymousUser()
        SessionMiddleware(lambda _: HttpResponse()).process_request(request)
        MessageMiddleware(lambda _: HttpResponse()).process_request(request)
        answer = confirmation(request, title="撤回？", text="要重审。", act="撤回", back="/a/", reasons=reasons)
        return answer.content.decode()

    assert '<form method="post">' in ask()
    assert 'aria-disabled="true"' not in ask()
    assert 'aria-disabled="true"' in ask("还没有提交。")
