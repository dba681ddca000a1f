"""What a citizen types finds what is answered and what is to be done, on either page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from tests.knowledge.library import make_library

from zhijian.knowledge import actions as knowledge
from zhijian.organisations.enums import Role
from zhijian.search.models import Wording
from zhijian.services import actions
from zhijian.services.queries import ServiceDraft

if TYPE_CHECKING:
    from tests.knowledge.library import Library

pytestmark = pytest.mark.django_db
ASKED = "水卡丢了"


@pytest.fixture
def library() -> Library:
    return make_library()


def publish(library: Library, *names: str) -> None:
    host = library.county.person("banshi", library.county.water, Role.HOST_OFFICER)
    for name in names:
        told = ServiceDraft(name=name, how="到窗口办。", words=(ASKED,), phone="0599-12345", source="事项清单")
        made = actions.create_service(actor=host, organisation=library.county.water, draft=told)
        actions.publish_service(actor=host, service_id=made.pk)


def found(page: str, **asked: str) -> tuple[list[str], list[str]]:
    """Return the answers and the services on a page, by what they are called."""
    context = Client().get(page, asked).context
    return [one.question for one in context["answers"]], [one.name for one in context["services"]]


@pytest.mark.parametrize("part", ["", "1"])
def test_who_asks_is_shown_what_can_be_done_and_the_other_way_round(library: Library, part: str) -> None:
    library.in_force(question="水卡丢了怎么补办？")
    publish(library, "用水卡补领")
    for page, heading in (("/answers/", "也许您要办"), ("/services/", "相关答问")):
        assert found(page, q=ASKED, part=part) == (["水卡丢了怎么补办？"], ["用水卡补领"])
        shown = Client().get(page, {"q": ASKED, "part": part}).content.decode()
        assert (heading in shown, "/services/" in shown, "水卡丢了怎么补办？" in shown) == (True, True, True)


def test_an_index_that_is_gone_is_made_again_from_the_rows(library: Library) -> None:
    library.in_force(question="水卡丢了怎么补办？")
    library.entry(question="没有批准的答问")
    publish(library, "用水卡补领")
    Wording.objects.all().delete()
    assert found("/answers/", q=ASKED) == ([], [])
    assert (knowledge.rebuild_index(), actions.rebuild_index()) == (1, 1)
    assert found("/answers/", q=ASKED) == (["水卡丢了怎么补办？"], ["用水卡补领"])


def test_no_more_than_three_stand_beside_and_none_when_nothing_was_asked(library: Library) -> None:
    publish(library, "用水卡补领", "用水卡挂失", "用水卡换新", "用水卡销户")
    assert len(found("/answers/", q=ASKED)[1]) == 3
    assert len(found("/services/", q=ASKED)[1]) == 4
    assert found("/answers/") == ([], [])
    assert "也许您要办" not in Client().get("/answers/").content.decode()


def test_where_no_answer_is_found_the_services_still_are(library: Library) -> None:
    publish(library, "用水卡补领")
    shown = Client().get("/answers/", {"q": ASKED}).content.decode()
    assert ("没有找到现成的答案" in shown, "用水卡补领" in shown) == (True, True)
