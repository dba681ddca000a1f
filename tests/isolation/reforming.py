"""An account on its way out with its notice, and a reform that is being planned, in a body of the walk."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from zhijian.files.actions import store_paper
from zhijian.lib import clock
from zhijian.reform import actions as reform
from zhijian.reform.enums import PartKind
from zhijian.reform.models import Part, Plan, Reform
from zhijian.registry import actions as registry
from zhijian.registry.models import Account, Filing, Notice
from zhijian.review.actions import delegate_signing
from zhijian.review.models import Review

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.isolation.world import Party


def close_an_account(party: Party, sign_through: Callable[[Review], None], data: bytes) -> None:
    """Close the surplus account of a body, up to its public notice."""
    surplus = Account.objects.filter(organisation=party.body, holds_place=False).order_by("pk")[0]
    told = {"notice_title": "关于账号关停的公告", "notice_text": "账号关停，请关注主账号。"}
    paper = store_paper(actor=party.officer(), organisation=party.body, name=party.word("paper.png"), data=data)
    papers = [{"slot": "other", "sha256": paper.sha256, "name": paper.name}]
    form = {
        "grounds": party.word("closing"), "followers_plan": party.word("followers"), "attachments": papers, **told
    }  # fmt: skip
    filing: Filing = registry.create_filing(actor=party.officer(), kind="closing", account_id=surplus.pk, form=form)
    registry.submit_filing(actor=party.officer(), filing_id=filing.pk)
    sign_through(Review.objects.get(thing_kind="registry.filing", thing_id=filing.pk))
    party.filings["closing"] = filing


def papers_of(party: Party) -> list[str]:
    """Return the hashes of the papers attached to the filings of a body."""
    rows = Filing.objects.filter(organisation=party.body).values_list("form__attachments", flat=True)
    return [paper["sha256"] for papers in rows for paper in papers or []]


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


def delegate(party: Party) -> None:
    """Let the first reviewer of a body sign in the place of its head."""
    delegate_signing(
        actor=party.people["head"], delegate=party.people["first_reviewer"], reason=party.word("away"),
        first_day=clock.today(), last_day=clock.today(),
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
