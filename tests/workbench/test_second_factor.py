"""The second factor: who must have one does nothing before, nobody gets round it, and each step is written down."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from tests.people import PASSWORD, County, make_county

from zhijian.audit.models import Event
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations import actions
from zhijian.organisations.enums import ADMIN_ROLES, REVIEWER_ROLES, Role

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks
    from pytest_django.fixtures import SettingsWrapper

    from zhijian.organisations.models import User

pytestmark = pytest.mark.django_db
SET_UP = "/sign-in/two-factor/totp/activate/"
FIRST_PAGE = f"{SET_UP}?required=1"
CODE_PAGE = "/sign-in/two-factor/authenticate/"


@pytest.fixture
def county(settings: SettingsWrapper) -> County:
    settings.ZHIJIAN_SECOND_FACTOR = "required"
    actions.found_installation(government_name="测试县人民政府", is_demonstration=False)
    cache.clear()
    return make_county()


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_in(client: Client, person: User) -> str:
    return client.post("/sign-in/", {"login": person.username, "password": PASSWORD}).headers.get("Location", "")


def set_up(client: Client, person: User) -> str:
    """Set the second factor up as a person does; return the secret of the telephone."""
    sign_in(client, person)
    secret = str(client.get(SET_UP).context["form"].secret)
    answer = client.post(SET_UP, {"code": code_for(secret)})
    assert answer.headers["Location"] == "/sign-in/two-factor/recovery-codes/"
    cache.clear()  # a code is good once; the same half minute stands for the next sign-in here
    return secret


def codes_of(person: User) -> list[str]:
    row = Authenticator.objects.get(user=person, type=Authenticator.Type.RECOVERY_CODES)
    return list(row.wrap().get_unused_codes())


def acts() -> list[str]:
    names = Event.objects.order_by("pk").values_list("name", flat=True)
    return [name.removeprefix("organisations.") for name in names if "second_factor" in name or "recovery" in name]


def test_who_must_have_one_lands_on_the_set_up_page_and_opens_nothing_else(client: Client, county: County) -> None:
    for role in Role:
        person = county.person(f"one-{role}", county.water, role)
        browser = Client()
        sign_in(browser, person)
        answers = [
            browser.get("/desk/"), browser.get("/"), browser.post("/desk/organisations/tokens/", {"name": "网站"}),
            browser.get("/desk/organisations/people/"), browser.get("/desk/audit/export/"),
        ]  # fmt: skip
        stopped = [answer.headers.get("Location") == FIRST_PAGE for answer in answers]
        assert all(stopped) if role in {*ADMIN_ROLES, *REVIEWER_ROLES} else not any(stopped), role
        api = browser.get("/api/v1/me")
        assert (api.status_code == 403) == all(stopped), role


def test_a_person_sets_it_up_and_signs_in_with_a_code(
    client: Client, county: County, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    person = county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    assert sign_in(client, person) == "/desk/"
    page = client.get(FIRST_PAGE).content.decode()
    assert "必须启用两步验证" in page
    assert "data:image/svg+xml;base64," in page
    assert "<script>" not in page
    with django_capture_on_commit_callbacks(execute=True):
        secret = set_up(client, person)
    shown = client.get("/sign-in/two-factor/recovery-codes/").content.decode()
    assert all(code in shown for code in codes_of(person))
    assert client.get("/desk/").status_code == 200
    client.post("/sign-in/out/")
    assert sign_in(client, person) == CODE_PAGE
    assert client.get("/desk/").status_code == 302
    assert client.post(CODE_PAGE, {"code": "000000"}).status_code == 200
    assert client.get("/desk/").status_code == 302
    assert client.post(CODE_PAGE, {"code": code_for(secret)}).headers["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200
    assert acts() == ["second_factor.set_up"]
    assert Event.objects.filter(name="organisations.session.refused", actor_id=person.pk).count() == 1


def test_the_secret_is_sealed_at_rest_and_the_picture_holds_it(client: Client, county: County) -> None:
    person = county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    secret = set_up(client, person)
    kept = [str(row.data) for row in Authenticator.objects.filter(user=person)]
    assert len(kept) == 2
    assert not any(secret in data for data in kept)
    other = Client()
    sign_in(other, county.person("anquan", county.county, Role.SECURITY_ADMIN))
    context = other.get(SET_UP).context
    drawn = base64.b64decode(context["totp_svg_data_uri"].partition(",")[2]).decode()
    assert drawn.startswith("<?xml")
    assert "issuer=%E6%B5%8B%E8%AF%95%E5%8E%BF" in context["totp_url"]


def test_a_recovery_code_opens_once_and_is_written_down(client: Client, county: County) -> None:
    person = county.person("chushen", county.water, Role.FIRST_REVIEWER)
    set_up(client, person)
    code = codes_of(person)[0]
    client.post("/sign-in/out/")
    sign_in(client, person)
    assert client.post(CODE_PAGE, {"code": code}).headers["Location"] == "/desk/"
    client.post("/sign-in/out/")
    sign_in(client, person)
    assert client.post(CODE_PAGE, {"code": code}).status_code == 200
    assert acts().count("recovery_code.used") == 1


def test_who_must_have_one_cannot_remove_it_and_others_can(client: Client, county: County) -> None:
    reviewer = county.person("chushen", county.water, Role.FIRST_REVIEWER)
    set_up(client, reviewer)
    refused = client.post("/sign-in/two-factor/totp/deactivate/")
    assert "不能停用" in refused.content.decode()
    assert Authenticator.objects.filter(user=reviewer, type="totp").exists()
    editor = county.person("bianji", county.water, Role.EDITOR)
    other = Client()
    set_up(other, editor)
    assert other.post("/sign-in/two-factor/totp/deactivate/").status_code == 302
    assert not Authenticator.objects.filter(user=editor).exists()
    assert acts() == ["second_factor.removed"]


def test_only_the_security_administrator_of_the_subtree_resets_it(client: Client, county: County) -> None:
    person = county.person("chushen", county.water, Role.FIRST_REVIEWER)
    set_up(client, person)
    system = county.person("xitong", county.water, Role.SYSTEM_ADMIN)
    neighbour = county.person("lingju", county.school, Role.SECURITY_ADMIN)
    keeper = county.person("anquan", county.county, Role.SECURITY_ADMIN)
    with pytest.raises(Refused, match="安全管理员"):
        actions.reset_second_factor(actor=system, user_id=person.pk)
    with pytest.raises(Missing):
        actions.reset_second_factor(actor=neighbour, user_id=person.pk)
    with pytest.raises(Refused, match="自己"):
        actions.reset_second_factor(actor=keeper, user_id=keeper.pk)
    assert Authenticator.objects.filter(user=person).count() == 2
    browser = Client()
    set_up(browser, keeper)
    address = f"/desk/organisations/people/{person.pk}/second-factor/"
    assert "当面核实" in browser.get(address).content.decode()
    assert browser.post(address).status_code == 302
    assert not Authenticator.objects.filter(user=person).exists()
    assert acts() == ["second_factor.reset"]
    assert browser.post(address).status_code == 409
    assert client.get("/desk/").headers["Location"] == FIRST_PAGE


def test_where_it_is_offered_nobody_is_stopped(client: Client, county: County, settings: SettingsWrapper) -> None:
    settings.ZHIJIAN_SECOND_FACTOR = "offered"
    sign_in(client, county.person("xitong", county.county, Role.SYSTEM_ADMIN))
    assert client.get("/desk/").status_code == 200
    assert client.get("/sign-in/two-factor/").status_code == 200
