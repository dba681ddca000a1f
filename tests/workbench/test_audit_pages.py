"""The log as each audit administrator sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.people import County, make_county

from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.audit.models import Event
from zhijian.organisations.actions import found_installation
from zhijian.organisations.enums import Role
from zhijian.workbench.queries import events_for

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> County:
    found_installation(government_name="测试县人民政府", is_demonstration=False)
    return make_county()


def test_the_log_is_shown_by_the_subtree_and_rows_of_no_body_at_the_root(county: County) -> None:
    below = county.person("shuiwu", county.water, Role.AUDIT_ADMIN)
    above = county.person("shenji", county.city, Role.AUDIT_ADMIN)
    record(EventName.SIGN_IN_FAILED, actor=None, organisation_id=None, thing_kind="organisations.session")
    seen = {event.organisation_id for event in events_for(actor=below)}
    assert seen == {county.water.pk}
    assert set(events_for(actor=above)) == set(Event.objects.all())
    editor = county.person("bianji", county.water, Role.EDITOR)
    assert list(events_for(actor=editor)) == []


def test_an_audit_administrator_below_sees_no_name_of_a_neighbour_and_no_seals(client: Client, county: County) -> None:
    county.person("lingju", county.school, Role.EDITOR)
    client.force_login(county.person("shuiwu", county.water, Role.AUDIT_ADMIN))
    client.force_login(county.person("jiaoyu", county.school, Role.AUDIT_ADMIN))
    page = client.get("/desk/audit/?export=csv")
    body = b"".join(page.streaming_content) if page.streaming else page.content
    assert "jiaoyu" in body.decode()
    assert "shuiwu" not in body.decode()
    for address in ("/desk/audit/verify/", "/desk/audit/export/"):
        assert client.get(address).status_code == 404
    shown = client.get("/desk/audit/").content.decode()
    assert "最上级单位的审计管理员" in shown
