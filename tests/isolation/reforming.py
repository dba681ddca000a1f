"""An account on its way out with its notice, and a reform that is being planned, in a body of the walk."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from zhijian.reform import actions as reform
from zhijian.reform.enums import PartKind
from zhijian.reform.models import Part, Plan, Reform
from zhijian.registry import actions as registry
from zhijian.registry.models import Account, Filing, Notice
from zhijian.review.models import Review

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.isolation.world import Party


def close_an_account(party: Party, sign_through: Callable[[Review], None]) -> None:
    """Close the surplus account of a body, up to its public notice."""
    surplus = Account.objects.filter(organisation=party.body, holds_place=False).order_by("pk")[0]
    told = {"notice_title": "关于账号关停的公告", "notice_text": "账号关停，请关注主账号。"}
    form = {"grounds": party.word("closing"), "followers_plan": party.word("followers"), **told}
    filing: Filing = registry.create_filing(actor=party.officer(), kind="closing", account_id=surplus.pk, form=form)
    registry.submit_filing(actor=party.officer(), filing_id=filing.pk)
    sign_through(Review.objects.get(thing_kind="registry.filing", thing_id=filing.pk))
    party.filings["closing"] = filing


def plan_a_reform(party: Party) -> None:
    """Plan to rename the body."""
    planned = reform.create_reform(
        actor=party.people["all"], organisation=party.body, title=party.word("reform"), basis=party.word("basis"),
        effective_on=date(2026, 3, 2),
    )  # fmt: skip
    reform.add_part(
        actor=party.people["all"], reform_id=planned.pk, kind=PartKind.RENAME, organisation=party.body,
        name=party.word("newname"),
    )  # fmt: skip


def reform_values(party: Party) -> dict[str, list[Any]]:
    """Return the ids of reforms and public notices by the names of parameters."""

    def ids(model: Any, **where: Any) -> list[int]:
        return list(model.objects.filter(**where).order_by("pk").values_list("pk", flat=True))

    return {
        "public_notice_id": ids(Notice, organisation=party.body),
        "reform_id": ids(Reform, organisation=party.body),
        "part_id": ids(Part, reform__organisation=party.body),
        "plan_id": ids(Plan, part__reform__organisation=party.body),
    }
