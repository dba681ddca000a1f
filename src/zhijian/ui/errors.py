"""Error pages in plain Chinese: what happened, and what to do next.

They are drawn without the request's context processors, so that a page about a failing database needs no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import DisallowedHost
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from zhijian.ui.context import Appearance, read_appearance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Explanation:
    """The words of one error page. `retry` offers to load the same address again."""

    title: str
    text: str
    icon: str = "info-circle"
    retry: bool = False


EXPLANATIONS = {
    400: Explanation(
        "这个请求我们看不懂", "地址或表单里有不完整的内容。请返回上一页，重新填写后再提交。", "help-circle"
    ),
    403: Explanation(
        "这一页您不能打开",
        "您的岗位没有这项权限，或者页面停留太久已经失效。请返回后重试；需要权限时，请联系本单位系统管理员。",
        "lock",
    ),
    404: Explanation(
        "没有找到这一页", "内容可能已经移走，或者不在您的管理范围内。请核对地址，或回到首页查找。", "search"
    ),
    409: Explanation("这一步现在不能做", "请先处理下面的问题，再试一次。", "alert-triangle"),
    413: Explanation("文件太大了", "请压缩或拆分后再上传。上限写在上传框旁边。", "file-text"),
    429: Explanation("操作太频繁", "请稍等一会儿再试。您的账号和内容都没有问题。", "clock", retry=True),
    500: Explanation(
        "系统出了差错",
        "这不是您的问题，差错已经记下。请稍后再试；急事请联系系统管理员，并告诉对方下面的时间。",
        "tool",
        retry=True,
    ),
    503: Explanation("系统正在维护", "一般几分钟就好。已保存的内容不会丢。", "tool", retry=True),
}


def error_page(request: HttpRequest, status: int, *, reasons: Sequence[str] = (), text: str = "") -> HttpResponse:
    """Draw the page for an HTTP status of EXPLANATIONS; `reasons` are listed, `text` replaces the usual sentence."""
    explanation = EXPLANATIONS[status]
    context = {
        "appearance": _appearance(request),
        "status": status,
        "explanation": explanation,
        "text": text or explanation.text,
        "reasons": list(reasons),
        "path": request.get_full_path(),
        "back": _page_before(request),
    }
    html = render_to_string(f"ui/errors/{status}.html", context)
    return HttpResponse(html, status=status)


def _page_before(request: HttpRequest) -> str:
    """Return the page of this site the person came from, unless it is this one."""
    referer = request.headers.get("Referer", "")
    try:
        host = request.get_host()
    except DisallowedHost:
        return ""
    ours = url_has_allowed_host_and_scheme(referer, allowed_hosts={host})
    return referer if ours and not referer.endswith(request.get_full_path()) else ""


def _appearance(request: HttpRequest) -> Appearance:
    look = read_appearance(request)
    return Appearance(theme=look.theme, elder=look.elder, here="")
