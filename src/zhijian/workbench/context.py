"""What every workbench page knows: who is signed in and what they may open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from zhijian.organisations.enums import Role
from zhijian.workbench.navigation import sections_for

if TYPE_CHECKING:
    from django.http import HttpRequest


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context processor: navigation and the person's menu, on workbench pages only."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not request.path.startswith(("/desk/", "/sign-in/")):
        return {}
    return {
        "navigation": sections_for(actor=user, path=request.path),
        "person_name": str(user),
        "person_roles": "、".join(dict.fromkeys(Role(row.role).label for row in user.assignments)),
        "person_links": [
            {"label": "修改密码", "icon": "key", "url": reverse("account_change_password")},
            {"label": "两步验证", "icon": "shield-lock", "url": reverse("mfa_index")},
            {"label": "接口令牌", "icon": "plug-connected", "url": reverse("organisations:tokens")},
            {"label": "返回公众首页", "icon": "world", "url": reverse("portal:home")},
        ],
        "sign_out_url": reverse("account_logout"),
    }
