"""A county with two bodies and their people, and a neighbour whose rows nobody here may see."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl import Workbook

from zhijian.organisations.actions import create_organisation, create_person, grant_role
from zhijian.organisations.enums import BodyKind, Level, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.organisations.models import Organisation, User


@dataclass
class World:
    """云岭市 with 东溪县 (office, education, health, a town) and the neighbour 西溪县 (education)."""

    city: Organisation
    county: Organisation
    education: Organisation
    health: Organisation
    town: Organisation
    neighbour: Organisation
    other_education: Organisation
    supervisor: User
    officer: User
    head: User
    county_head: User
    city_officer: User
    stranger: User


def make_body(name: str, parent: Organisation | None, level: str, kind: str, **more: str) -> Organisation:
    """Make a body as the installation itself does; `short` and `pack` may be given."""
    code = f"T{parent.pk if parent else 0}-{name}"
    return create_organisation(
        actor=None, name=name, short_name=more.get("short", name), code=code, level=level, kind=kind, parent=parent,
        policy_pack=more.get("pack", ""),
    )  # fmt: skip


def make_person(name: str, body: Organisation, role: str, *, subtree: bool = False) -> User:
    """Make a person with one role."""
    person = create_person(
        actor=None, username=name, display_name=name, organisation=body, password="pass-" + name, is_demonstration=True
    )
    grant_role(actor=None, user=person, organisation=body, role=role, includes_subtree=subtree)
    return person


def make_world() -> World:
    """Make the city, its two counties and their people."""
    city = make_body("云岭市人民政府", None, Level.CITY, BodyKind.GOVERNMENT, short="云岭市政府")
    county = make_body("东溪县人民政府", city, Level.COUNTY, BodyKind.GOVERNMENT, short="东溪县政府")
    neighbour = make_body("西溪县人民政府", city, Level.COUNTY, BodyKind.GOVERNMENT, short="西溪县政府")
    education = make_body("东溪县教育局", county, Level.COUNTY, BodyKind.DEPARTMENT, short="县教育局")
    health = make_body("东溪县卫生健康局", county, Level.COUNTY, BodyKind.DEPARTMENT, short="县卫健局")
    town = make_body("石桥镇人民政府", county, Level.TOWNSHIP, BodyKind.GOVERNMENT, short="石桥镇")
    other = make_body("西溪县教育局", neighbour, Level.COUNTY, BodyKind.DEPARTMENT, short="县教育局")
    return World(
        city=city, county=county, neighbour=neighbour, education=education, health=health, town=town,
        other_education=other,
        supervisor=make_person("supervisor", county, Role.SUPERVISING_OFFICER, subtree=True),
        officer=make_person("officer", education, Role.HOST_OFFICER),
        head=make_person("head", education, Role.HEAD),
        county_head=make_person("county_head", county, Role.HEAD),
        city_officer=make_person("city_officer", city, Role.SUPERVISING_OFFICER, subtree=True),
        stranger=make_person("stranger", neighbour, Role.SUPERVISING_OFFICER, subtree=True),
    )  # fmt: skip


def workbook(*sheets: tuple[str, Sequence[Sequence[object]]], merge: Sequence[tuple[str, str]] = ()) -> bytes:
    """Make an XLSX: (sheet name, rows) and (sheet name, area) to merge."""
    book = Workbook()
    for number, (name, rows) in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        assert sheet is not None
        sheet.title = name
        for row in rows:
            sheet.append(list(row))
    for name, area in merge:
        book[name].merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
