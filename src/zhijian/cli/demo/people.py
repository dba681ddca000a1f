"""People, their roles and their sign-ins. All share one password, hashed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib.auth.hashers import make_password

from zhijian.cli.demo.data import table
from zhijian.organisations import actions
from zhijian.organisations.enums import Role
from zhijian.organisations.models import User

if TYPE_CHECKING:
    from zhijian.cli.demo.bodies import Bodies
    from zhijian.organisations.models import Organisation

PASSWORD: Final = "moxi-yanshi-2026"  # noqa: S105 - printed at every start; production refuses demonstration sign-ins
People = dict[str, User]
TEAM_ROLES: Final = (
    ("caibian", Role.EDITOR),
    ("chushen", Role.FIRST_REVIEWER),
    ("fushen", Role.SECOND_REVIEWER),
    ("zhongshen", Role.FINAL_REVIEWER),
    ("fuzeren", Role.HEAD),
)


def sign_ins() -> list[tuple[str, str, str]]:
    """Return (role in Chinese, username, password) of those worth trying, as they are printed at the start."""
    return [(row["shown"], row["username"], PASSWORD) for row in table("people")["person"] if "shown" in row]


def make_people(bodies: Bodies) -> People:
    """Open every sign-in and grant its roles; return the people by username."""
    encoded = make_password(PASSWORD)
    people: People = {}
    vendors = {row["username"] for row in table("people")["person"] if row.get("is_of_vendor")}
    for username, name, roles in _wanted():
        home = bodies[roles[0].partition("@")[2].rstrip("+")]
        person = _open(username, name, home, encoded, is_of_vendor=username in vendors)
        for role in roles:
            word, _, place = role.partition("@")
            actions.grant_role(
                actor=None, user=person, organisation=bodies[place.rstrip("+")], role=word,
                includes_subtree=place.endswith("+"),
            )  # fmt: skip
        people[username] = person
    return people


def _wanted() -> list[tuple[str, str, list[str]]]:
    named = [(row["username"], row["name"], row["roles"]) for row in table("people")["person"]]
    teams = [
        (f"{team['prefix']}-{word}", name, [f"{role}@{team['body']}"])
        for team in table("people")["team"]
        for (word, role), name in zip(TEAM_ROLES, team["names"], strict=True)
        if name
    ]
    return [*named, *teams]


def _open(username: str, name: str, home: Organisation, encoded: str, *, is_of_vendor: bool) -> User:
    return actions.create_person(
        actor=None, username=username, display_name=name, organisation=home, encoded_password=encoded,
        is_demonstration=True, is_of_vendor=is_of_vendor,
    )  # fmt: skip


def find_people() -> People:
    """Return the people of a loaded demonstration by username."""
    return {person.username: person for person in User.objects.filter(is_demonstration=True)}


def holder(people: People, bodies: Bodies, *, role: str, body: str) -> User:
    """Return who holds a role at the body itself, with an office as the demonstration has it: one person each."""
    for person in people.values():
        if any(row.role == role and row.organisation_id == bodies[body].pk for row in person.assignments):
            return person
    raise LookupError(f"Nobody is {role} at {body}.")
