from __future__ import annotations

from typing import Any

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.ui.parts import Tab

_TABS = (
    ("accounts", "账号", "/desk/accounts/"),
    ("filings", "备案", "/desk/accounts/filings/"),
    ("notices", "公告", "/desk/accounts/notices/"),
    ("exemptions", "多开例外", "/desk/accounts/exemptions/"),
    ("must_have", "应开未开", "/desk/accounts/must-have/"),
    ("findings", "台账问题", "/desk/accounts/findings/"),
    ("ledgers", "台账导入", "/desk/accounts/ledgers/"),
)


def tabs(active: str) -> list[Tab]:
    """Return the tabs of the register, one of them active."""
    return [Tab(label, url, code == active) for code, label, url in _TABS]


def permit_export(request: Any) -> None:
    """Refuse a file of the register to those without the right to take one."""
    require(Permission.ACCOUNT_EXPORT, actor=request.user)
