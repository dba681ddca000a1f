from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhijian.registry.actions import record_export
from zhijian.ui.parts import Tab

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.lib.requests import StaffRequest

_TABS = (
    ("accounts", "账号", "/desk/accounts/"),
    ("filings", "备案", "/desk/accounts/filings/"),
    ("findings", "台账问题", "/desk/accounts/findings/"),
    ("ledgers", "台账导入", "/desk/accounts/ledgers/"),
)


def tabs(active: str) -> list[Tab]:
    """Return the tabs of the register, one of them active."""
    return [Tab(label, url, code == active) for code, label, url in _TABS]


def exported(what: str) -> Callable[[Any, str, int], None]:
    """Return what a list calls when a file of it leaves: the act is written down, or refused without the right."""

    def write(request: StaffRequest, file_format: str, rows: int) -> None:
        record_export(actor=request.user, what=what, file_format=file_format, rows=rows)

    return write
