"""What every workbench page knows: who is signed in and what they may open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from zhijian.notify.queries import unread_count
from zhijian.organisations.enums import Role
from zhijian.workbench.navigation import sections_for
from zhijian.workbench.queries import saved_views

if TYPE_CHECKING:
    from django.http import HttpRequest

    from zhijian.organisations.models import User


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context processor: navigation and the person's menu, on workbench pages only."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not request.path.startswith(("/desk/", "/sign-in/")):
        return {}
    return {
        "navigation": sections_for(actor=user, path=request.path),
        "unread_notices": SimpleLazyObject(lambda: unread_count(actor=user)),
        "person_name": str(user),
        "person_roles": "、".join(dict.fromkeys(Role(row.role).label for row in user.assignments)),
        "person_links": [
            {"label": "修改密码", "icon": "key", "url": reverse("account_change_password")},
            {"label": "两步验证", "icon": "shield-lock", "url": reverse("mfa_index")},
            {"label": "常用条件", "icon": "star", "url": reverse("workbench:views")},
            {"label": "接口令牌", "icon": "plug-connected", "url": reverse("organisations:tokens")},
            {"label": "返回公众首页", "icon": "world", "url": reverse("portal:home")},
        ],
        "saved_views": SimpleLazyObject(lambda: _views(user, request)),
        "save_view_url": f"{reverse('workbench:save_view')}?{urlencode({'path': request.path})}",
        "sign_out_url": reverse("account_logout"),
    }


def _views(user: User, request: HttpRequest) -> list[dict[str, object]]:
    """Read only where a list shows them; the one that is on the screen is marked."""
    here = request.get_full_path()
    rows = saved_views(actor=user, path=request.path)
    return [{"name": row.name, "url": row.url, "active": row.url == here} for row in rows]
