"""What every page knows of the government it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhijian.organisations.queries import installation

if TYPE_CHECKING:
    from django.http import HttpRequest

FOLLOW = "/messages/follow/"
NAVIGATION = (
    ("首页", "/"),
    ("问答", "/answers/"),
    ("办事", "/services/"),
    ("写留言", "/messages/write/"),
    ("随手拍", "/messages/report/"),
    ("查进度", FOLLOW),
    ("留言公开", "/messages/"),
    ("查账号", "/lookup/"),
    ("账号名录", "/directory/"),
    ("账号公告", "/notices/"),
    ("发布内容", "/pieces/"),
    ("检查通报", "/bulletins/"),
)
FOOTER = ({"label": "无障碍说明", "url": "/accessibility/"}, {"label": "开放数据", "url": "/data/"})


def government(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the name of the government everywhere, the navigation on citizens' pages."""
    context: dict[str, Any] = {"government_name": government_name()}
    if not request.path.startswith(("/desk/", "/sign-in/", "/setup/")):
        path = FOLLOW if _is_private_case(request) else request.path
        here = max((url for _, url in NAVIGATION if _is_here(path, url)), key=len, default="")
        context["portal_navigation"] = [
            {"label": label, "url": url, "active": url == here} for label, url in NAVIGATION
        ]
        context["footer_links"] = [*FOOTER, {"label": "工作人员登录", "url": "/sign-in/"}]
    return context


def _is_private_case(request: HttpRequest) -> bool:
    """Tell whether a page belongs to one citizen's own message: it is reached by number and key."""
    found = request.resolver_match
    return found is not None and "case_key" in found.kwargs


def _is_here(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def government_name() -> str:
    """Return the name of the government, "" before the installation is founded."""
    founded = installation()
    return founded.government_name if founded else ""
