"""Until when a stage should sign: the rule of the place in working days, told wherever the stage is told of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from tests.people import County, make_county

from zhijian.lib import clock
from zhijian.notify.models import Notice
from zhijian.organisations.enums import Role
from zhijian.review import actions, queries
from zhijian.review.routes import Route, StageSpec

if TYPE_CHECKING:
    from zhijian.review.models import Review, Stage

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 20, 16, 0, tzinfo=clock.BEIJING)
TUESDAY = datetime(2026, 11, 24, 17, 30, tzinfo=clock.BEIJING)


@pytest.fixture
def county() -> County:
    return make_county()


def submit(county: County, *, item_class: str = "ordinary", days: int | None = None) -> Review:
    roles = (Role.FIRST_REVIEWER, Role.FINAL_REVIEWER)
    stages = [
        StageSpec(code=role.value, name=role.label, organisation_id=county.water.pk, roles=(role,)) for role in roles
    ]
    stages[0] = replace(stages[0], working_days=days)
    editor = county.person("bianji", county.water, Role.EDITOR)
    return actions.submit(
        thing_kind="tests.thing", thing_id=1, version_hash="a" * 64, title="停水通知", url="/", item_class=item_class,
        organisation=county.water, author_ids=[], route=Route(name="两审", stages=tuple(stages)), actor=editor,
    )  # fmt: skip


def current(review: Review) -> Stage:
    stage = queries.current_stage(review)
    assert stage is not None
    return stage


@pytest.mark.parametrize(
    ("item_class", "days", "due"),
    [
        ("ordinary", None, TUESDAY),
        ("filing", None, TUESDAY),
        ("emergency", None, FRIDAY.replace(hour=17, minute=30)),
        ("ordinary", 1, TUESDAY.replace(day=23)),
    ],
)
def test_a_stage_is_due_by_the_rule_of_the_place_or_by_its_own_time(
    county: County, item_class: str, days: int | None, due: datetime
) -> None:
    with clock.at(FRIDAY):
        review = submit(county, item_class=item_class, days=days)
    assert current(review).due_at == due
    review.refresh_from_db()
    assert review.due_at == due


def test_each_stage_has_its_own_time_from_when_it_was_reached(county: County) -> None:
    first = county.person("chushen", county.water, Role.FIRST_REVIEWER)
    with clock.at(FRIDAY):
        review = submit(county)
    with clock.at(TUESDAY.replace(hour=10)):
        signed = actions.sign(
            review_id=review.pk, decision="approve", version_hash="a" * 64, gates={}, comment="", actor=first
        )
    assert current(signed).due_at == TUESDAY.replace(day=26)


def test_the_day_the_rule_and_the_count_stand_on_the_list_the_page_the_desk_and_the_notice(county: County) -> None:
    first = county.person("chushen", county.water, Role.FIRST_REVIEWER)
    client = Client()
    client.force_login(first)
    with clock.at(FRIDAY):
        review = submit(county)
        for page in ("/desk/", "/desk/review/", "/desk/review/all/", f"/desk/review/{review.pk}/"):
            assert "2026-11-24 17:30" in client.get(page).content.decode(), page
        steps = client.get(f"/desk/review/{review.pk}/").context["due_steps"]
    assert steps[0].startswith("每道审核的时限：2个工作日。依据")
    assert steps[-4:] == [
        "2026年11月21日（周六）：不算：周末",
        "2026年11月22日（周日）：不算：周末",
        "2026年11月23日（周一）：第1天（工作日）",
        "2026年11月24日（周二）：第2天（工作日）",
    ]
    assert Notice.objects.get(person=first).text == "请在2026年11月24日（周二）17:30前签。"


def test_in_a_year_without_a_holiday_notice_the_time_is_estimated_and_says_so(county: County) -> None:
    with clock.at(datetime(2027, 6, 1, 10, 0, tzinfo=clock.BEIJING)):
        stage = current(submit(county))
    assert stage.due_at == datetime(2027, 6, 3, 17, 30, tzinfo=clock.BEIJING)
    assert "暂估" in stage.due_text
