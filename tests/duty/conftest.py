from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from datetime import datetime

    from tests.people import County

    from zhijian.duty.models import Shift
    from zhijian.organisations.models import Organisation, User


@dataclass
class Watch:
    """水务局 with a head and three people on duty, the county above it with an officer of its own."""

    county: County
    head: User
    people: list[User]
    upper: User

    @property
    def water(self) -> Organisation:
        return self.county.water

    def shift(self, person: User, start: datetime, end: datetime, backup: User | None = None) -> Shift:
        from zhijian.duty import actions  # noqa: PLC0415 - this file is read before Django's settings

        return actions.add_shift(
            actor=self.head, organisation=self.water, person=person.pk, backup=backup.pk if backup else None,
            starts_at=start, ends_at=end,
        )  # fmt: skip


@pytest.fixture
def watch(db: None) -> Watch:
    from tests.people import make_county  # noqa: PLC0415 - as above

    from zhijian.organisations.enums import Role  # noqa: PLC0415 - as above

    county = make_county()
    head = county.person("fuzeren", county.water, Role.HEAD)
    people = [county.person(name, county.water, Role.DUTY_OFFICER) for name in ("jia", "yi", "bing")]
    upper = county.person("xianzhiban", county.county, Role.DUTY_OFFICER)
    return Watch(county, head, people, upper)
