"""Which account a row of a history file means: by register number, platform id, handle, or name with its platform."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from zhijian.observation.reading.tables import Fault
from zhijian.observation.rules import WATCHERS
from zhijian.policy.queries import identify_platform
from zhijian.registry.queries import visible_accounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.observation.models import History


class AccountIndex:
    """The accounts of one file's body and those below it, as far as its uploader may still see them."""

    def __init__(self, only: int | None, rows: list[tuple[int, str, str, str, str, str]]) -> None:
        self._only = only
        self._exact: dict[str, int] = {}
        self._named: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for pk, number, uid, handle, name, platform in rows:
            self._exact |= {text.casefold(): pk for text in (number, uid, handle) if text}
            self._named[name.casefold()].append((pk, platform))

    @classmethod
    def of(cls, history: History) -> AccountIndex:
        """Return the index for one file. One query."""
        if history.account_id:
            return cls(history.account_id, [])
        rows = visible_accounts(actor=history.uploaded_by, roles=WATCHERS)
        rows = rows.filter(organisation__path__startswith=history.organisation.path)
        return cls(None, list(rows.values_list("pk", "number", "platform_uid", "handle", "name", "platform")))

    def find(self, cells: Mapping[str, str], columns: Mapping[str, str]) -> int | Fault:
        """Return the id of the account a row means, or what is wrong with how it is named."""
        if self._only:
            return self._only
        column = columns["account"]
        said = cells.get(column, "").strip()
        if not said:
            return Fault(column, "没有写账号。")
        exact = self._exact.get(said.casefold())
        if exact is not None:
            return exact
        return self._by_name(said, cells.get(columns.get("platform", ""), "").strip(), column)

    def _by_name(self, said: str, platform: str, column: str) -> int | Fault:
        named = self._named.get(said.casefold(), [])
        if platform:
            known = identify_platform(platform)
            named = [pair for pair in named if known is not None and pair[1] == known.platform.code]
        if len(named) == 1:
            return named[0][0]
        if named:
            return Fault(column, "有多个账号叫这个名字。请加一列平台，或改写登记号。", said[:80])
        return Fault(column, "登记册里没有这个账号，或不在您的管理范围。请核对名称，或改写登记号。", said[:80])
