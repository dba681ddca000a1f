"""The tree of bodies and its four lines."""

from __future__ import annotations

from zhijian.cli.demo.data import table
from zhijian.organisations import actions
from zhijian.organisations.enums import BodyKind, Level, RelationKind
from zhijian.organisations.models import Organisation

Bodies = dict[str, Organisation]
GUIDES = ("publicity", "cyberspace")


def make_bodies() -> Bodies:
    """Found every body under the one above it and set its lines; return them by their keys."""
    bodies: Bodies = {}
    for row in table("bodies")["body"]:
        bodies[row["key"]] = actions.create_organisation(
            actor=None, name=row["name"], short_name=row["short"], code=row["code"], level=row["level"],
            kind=row["kind"], parent=bodies.get(row["above"]), policy_pack=row.get("pack", ""),
        )  # fmt: skip
    _relate(bodies)
    return bodies


def _relate(bodies: Bodies) -> None:
    special = {(row["body"], row["kind"]): row["other"] for row in table("bodies")["relation"]}
    for key, body in bodies.items():
        for kind, other in _lines(key, body):
            target = special.pop((key, kind), other)
            if target and target != key:
                actions.relate(actor=None, organisation=body, other=bodies[target], kind=kind)
    for (key, kind), other in special.items():
        actions.relate(actor=None, organisation=bodies[key], other=bodies[other], kind=kind)


def _lines(key: str, body: Organisation) -> list[tuple[str, str]]:
    """Return the usual lines: the county's office supervises, the county government holds the territory."""
    if body.level not in {Level.COUNTY, Level.TOWNSHIP} or key in {"county", "office"}:
        return []
    lines = [(str(RelationKind.GUIDING), guide) for guide in GUIDES]
    lines.append((str(RelationKind.SUPERVISING), "office"))
    if body.kind in {BodyKind.ENTERPRISE, BodyKind.INSTITUTION}:
        lines.append((str(RelationKind.TERRITORIAL), "county"))
    return lines
