"""A small fictitious county for the tests of all rooms: two bodies that must not see each other, and their people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhijian.organisations import actions
from zhijian.organisations.enums import BodyKind, Level, Role

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User

PASSWORD = "qing-shui-he-2026"


@dataclass(frozen=True)
class County:
    """云岭县 under 澄江市; 水务局 and 教育局 are neighbours."""

    city: Organisation
    county: Organisation
    water: Organisation
    school: Organisation

    def person(
        self, username: str, organisation: Organisation, *roles: str, subtree: bool = False, is_of_vendor: bool = False
    ) -> User:  # fmt: skip
        """Make a person who holds `roles` at `organisation`."""
        user = actions.create_person(
            actor=None, username=username, display_name=username, organisation=organisation, password=PASSWORD,
            is_of_vendor=is_of_vendor,
        )  # fmt: skip
        for role in roles:
            actions.grant_role(actor=None, user=user, organisation=organisation, role=role, includes_subtree=subtree)
        return user


def make_body(name: str, code: str, level: str, parent: Organisation | None, kind: str) -> Organisation:
    """Make a body as the installation itself does."""
    return actions.create_organisation(
        actor=None, name=name, short_name=name, code=code, level=level, kind=kind, parent=parent
    )


def make_county() -> County:
    """Make the four bodies."""
    city = make_body("澄江市人民政府", "999900", Level.CITY, None, BodyKind.GOVERNMENT)
    county = make_body("云岭县人民政府", "999901", Level.COUNTY, city, BodyKind.GOVERNMENT)
    water = make_body("云岭县水务局", "999901-01", Level.COUNTY, county, BodyKind.DEPARTMENT)
    school = make_body("云岭县教育局", "999901-02", Level.COUNTY, county, BodyKind.DEPARTMENT)
    return County(city, county, water, school)


REVIEWERS = (Role.FIRST_REVIEWER, Role.SECOND_REVIEWER, Role.FINAL_REVIEWER)
