"""云岭县 with its real accounts, who handles impostors there, who guides, and a neighbour who must not see."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw
from tests.people import PASSWORD, County, make_body, make_county

from zhijian.impostors import actions
from zhijian.impostors.actions import Proof, Suspect
from zhijian.lib import clock
from zhijian.organisations.actions import found_installation
from zhijian.organisations.enums import BodyKind, Level, RelationKind, Role
from zhijian.organisations.models import Relation
from zhijian.registry.actions.accounts import take_numbers
from zhijian.registry.models import Account
from zhijian.registry.queries import fill_search_fields

if TYPE_CHECKING:
    from django.test import Client

    from zhijian.impostors.models import Case
    from zhijian.organisations.models import Organisation, User


def picture(colour: str = "red") -> bytes:
    """Draw a small screenshot: the page of an account with its picture and a few posts."""
    kept = io.BytesIO()
    drawn = Image.new("RGB", (180, 320), "white")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((0, 0, 180, 70), fill=colour)
    pen.ellipse((12, 44, 64, 96), fill="white", outline="gray", width=2)
    for top in range(110, 300, 48):
        pen.rectangle((12, top, 60, top + 36), fill="lightgray")
        for line in (4, 16, 28):
            pen.line((70, top + line, 165 - line, top + line), fill="gray", width=4)
    drawn.save(kept, "PNG")
    return kept.getvalue()


SHOT = Proof(picture())


def make_account(body: Organisation, name: str, platform: str = "wechat") -> Account:
    """Register an account in use."""
    row = Account(
        organisation=body, number=take_numbers(1)[0], platform=platform, platform_group=f"{platform}-{name}", name=name,
        created_at=clock.now(), changed_at=clock.now(), state="active",
    )  # fmt: skip
    fill_search_fields(row)
    row.save()
    return row


@dataclass
class Stage:
    county: County
    real: Account
    officer: User
    host: User
    inspector: User
    guide: User
    neighbour: User

    def report(self, name: str = "芸岭发布", **more: str) -> Case:
        """Tell of an account as a citizen."""
        told = {"platform": "weibo", "url": "https://weibo.com/u/5550001111", "text": "让我转账", **more}
        return actions.report_by_citizen(suspect=Suspect(name, **told), proof=SHOT, address="10.0.0.1")

    def confirmed(self, name: str = "芸岭发布", **more: str) -> Case:
        """Tell of an account and confirm it."""
        case = self.report(name, **more)
        return actions.confirm_case(actor=self.officer, case_id=case.pk, text="主页自称县政府")

    def signed_in(self, client: Client, user: User) -> Client:
        """Sign a person in."""
        assert client.login(username=user.username, password=PASSWORD)
        return client


def make_stage() -> Stage:
    """Make the bodies, their accounts and people."""
    found_installation(government_name="澄江市", is_demonstration=False)
    county = make_county()
    media = make_body("澄江市网信办", "999900-09", Level.CITY, county.city, BodyKind.PUBLICITY)
    Relation.objects.create(organisation=county.county, other=media, kind=RelationKind.GUIDING)
    real = make_account(county.county, "云岭发布")
    for body, name in ((county.water, "云岭县水务局"), (county.school, "云岭县教育局"), (county.city, "澄江市教育局")):
        make_account(body, name)
    person = county.person
    return Stage(
        county, real,
        officer=person("officer", county.county, Role.SUPERVISING_OFFICER, subtree=True),
        host=person("host", county.county, Role.HOST_OFFICER),
        inspector=person("inspector", county.county, Role.INSPECTOR, subtree=True),
        guide=person("guide", media, Role.SUPERVISING_OFFICER),
        neighbour=person("neighbour", county.school, Role.SUPERVISING_OFFICER),
    )  # fmt: skip
