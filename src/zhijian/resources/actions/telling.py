"""Who is told of what ends: the officers of the body and above it, once for each thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.notify.actions import Telling, notify_many
from zhijian.notify.enums import NoticeKind
from zhijian.organisations.queries import HoldersByBody
from zhijian.resources.enums import LicenceState
from zhijian.resources.queries import Calendar, all_licences, all_rules, ending_licences, rules_to_review
from zhijian.resources.rules import KEEPERS

if TYPE_CHECKING:
    from collections.abc import Iterator


def warn() -> int:
    """Tell of licences that end soon or are over and of rules to look at again; return how many notices are new.

    Each is told of once for each last day. The system's own work.
    """
    people = HoldersByBody(KEEPERS)
    return len(notify_many(kind=NoticeKind.INSPECTION, tellings=[*_of_licences(people), *_of_rules(people)]))


def _of_licences(people: HoldersByBody) -> Iterator[Telling]:
    calendar = Calendar()
    for row in ending_licences(all_licences().filter(organisation__is_active=True)):
        state = calendar.licence(row)
        name = calendar.book.of(row.organisation).licence_name(row.kind)
        words = "许可证已到期" if state == LicenceState.OVER else "许可证快到期"
        yield Telling(
            people.at(row.organisation), f"{words}：{row.organisation.short_name}，{name}",
            f"/desk/resources/licences/{row.pk}/", f"resources.{state} {row.pk} {row.ends_on}",
        )  # fmt: skip


def _of_rules(people: HoldersByBody) -> Iterator[Telling]:
    for row in rules_to_review(all_rules().filter(organisation__is_active=True)):
        yield Telling(
            people.at(row.organisation), f"制度该复核了：{row.organisation.short_name}，《{row.title}》",
            f"/desk/resources/rules/{row.pk}/", f"resources.review {row.pk} {row.review_by}",
        )  # fmt: skip
