from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.people import PASSWORD, County, make_body, make_county

from zhijian.audit.models import Event
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations import actions, queries
from zhijian.organisations.enums import ADMIN_ROLES, OWN_PEOPLE_ROLES, BodyKind, Level, RelationKind, Role
from zhijian.organisations.models import Organisation, RoleAssignment, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> County:
    return make_county()


def test_a_role_over_the_subtree_reaches_the_bodies_below_and_no_other(county: County) -> None:
    officer = county.person("zhuguan", county.county, Role.SUPERVISING_OFFICER, subtree=True)
    assert set(queries.bodies_in_scope(actor=officer)) == {county.county, county.water, county.school}
    editor = county.person("caibian", county.water, Role.EDITOR)
    assert set(queries.bodies_in_scope(actor=editor)) == {county.water}
    with pytest.raises(Missing):
        queries.find_body(actor=editor, organisation_id=county.school.pk)


def test_a_sibling_whose_number_begins_alike_is_not_in_the_subtree(county: County) -> None:
    officer = county.person("zhuguan", county.water, Role.SUPERVISING_OFFICER, subtree=True)
    twin = make_body("云岭县水务局二站", "999901-03", Level.COUNTY, county.county, BodyKind.INSTITUTION)
    Organisation.objects.filter(pk=twin.pk).update(path=county.water.path[:-1] + "1.")
    assert set(queries.bodies_in_scope(actor=officer)) == {county.water}


def test_an_administrator_sees_no_business_rows(county: County) -> None:
    admin = county.person("xitong", county.county, Role.SYSTEM_ADMIN, subtree=True)
    assert not queries.bodies_in_scope(actor=admin).exists()


@pytest.mark.parametrize("second", [Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.EDITOR])
def test_an_administrator_holds_no_second_role(county: County, second: str) -> None:
    admin = county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    with pytest.raises(Refused):
        actions.grant_role(actor=None, user=admin, organisation=county.county, role=second)
    assert [row.role for row in RoleAssignment.objects.filter(user=admin)] == [Role.SYSTEM_ADMIN]


def test_the_database_itself_keeps_the_three_administrators_apart(county: County) -> None:
    admin = county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(
            user=admin, organisation=county.water, role=Role.AUDIT_ADMIN, granted_at=clock.now()
        )


def test_the_database_itself_keeps_administrators_from_business_roles(county: County) -> None:
    admin = county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    editor = county.person("caibian", county.water, Role.EDITOR)
    for user, role in ((admin, Role.EDITOR), (editor, Role.SYSTEM_ADMIN)):
        with pytest.raises(DatabaseError, match="no business role"), transaction.atomic():
            RoleAssignment.objects.create(
                user=user, organisation=county.water, role=role, granted_at=clock.now()
            )  # fmt: skip
    assert RoleAssignment.objects.count() == 2


def test_a_vendors_sign_in_decides_nothing_and_is_marked_by_the_system_administrator_alone(county: County) -> None:
    system = county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    security = county.person("anquan", county.county, Role.SECURITY_ADMIN)
    writer = county.person("qingxi", county.water, Role.EDITOR, is_of_vendor=True)
    for role in OWN_PEOPLE_ROLES:
        with pytest.raises(Refused, match="这是代运营单位的登录名"):
            actions.grant_role(actor=security, user=writer, organisation=county.water, role=role)
        if role not in ADMIN_ROLES:
            with pytest.raises(DatabaseError, match="decides nothing"), transaction.atomic():
                RoleAssignment.objects.create(
                    user=writer, organisation=county.water, role=role, granted_at=clock.now()
                )  # fmt: skip
    assert [row.role for row in RoleAssignment.objects.filter(user=writer)] == [Role.EDITOR]
    head = county.person("fuzeren", county.water, Role.HEAD, Role.HOST_OFFICER)
    with pytest.raises(Refused, match="这个登录名是单位负责人、主办人员，要由本单位人员担任"):
        actions.mark_of_vendor(actor=system, user_id=head.pk, is_of_vendor=True)
    with pytest.raises(DatabaseError, match="decides nothing"), transaction.atomic():
        User.objects.filter(pk=head.pk).update(is_of_vendor=True)
    with pytest.raises(Refused, match="只有管辖该单位的系统管理员"):
        actions.mark_of_vendor(actor=security, user_id=writer.pk, is_of_vendor=False)
    actions.mark_of_vendor(actor=system, user_id=writer.pk, is_of_vendor=False)
    writer.refresh_from_db()
    actions.grant_role(actor=security, user=writer, organisation=county.water, role=Role.FIRST_REVIEWER)
    told = Event.objects.filter(thing_kind="organisations.person", thing_id=str(writer.pk)).order_by("pk")
    assert [(event.name, event.actor_id, event.data) for event in told][::2] == [
        ("organisations.person.created", None, {"is_of_vendor": True}),
        ("organisations.person.marked", system.pk, {"is_of_vendor": False}),
    ]


def test_an_administrator_cannot_take_over_another_by_a_new_password(county: County) -> None:
    system = county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    security = county.person("anquan", county.county, Role.SECURITY_ADMIN)
    with pytest.raises(Refused, match="另一位管理员"):
        actions.reset_password(actor=system, user_id=security.pk, password="xin-mi-ma-hen-chang")
    security.refresh_from_db()
    assert security.check_password(PASSWORD)


def test_a_new_password_and_a_closed_sign_in_end_the_keys_of_programs(county: County) -> None:
    system = county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    editor = county.person("caibian", county.water, Role.EDITOR)
    key = actions.create_api_token(actor=editor, name="网站")
    held = queries.token_in_force(key)
    assert held is not None
    assert held.user == editor
    actions.reset_password(actor=system, user_id=editor.pk, password="xin-mi-ma-hen-chang")
    assert queries.token_in_force(key) is None


def test_who_opens_sign_ins_does_not_grant_roles(county: County) -> None:
    system = county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    security = county.person("anquan", county.county, Role.SECURITY_ADMIN)
    editor = county.person("caibian", county.water)
    with pytest.raises(Refused):
        actions.grant_role(actor=system, user=editor, organisation=county.water, role=Role.EDITOR)
    row = actions.grant_role(actor=security, user=editor, organisation=county.water, role=Role.EDITOR)
    with pytest.raises(Refused):
        actions.grant_role(actor=security, user=security, organisation=county.water, role=Role.EDITOR)
    actions.revoke_role(actor=security, assignment_id=row.pk)
    editor.__dict__.pop("assignments", None)
    assert not queries.bodies_in_scope(actor=editor).exists()
    assert Event.objects.filter(name="organisations.role.revoked").count() == 1


def test_a_deactivated_person_loses_every_role(county: County) -> None:
    system = county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    editor = county.person("caibian", county.water, Role.EDITOR)
    actions.deactivate_person(actor=system, user_id=editor.pk)
    editor.refresh_from_db()
    assert not editor.is_active
    assert not RoleAssignment.objects.filter(user=editor, revoked_at=None).exists()
    with pytest.raises(Refused):
        actions.deactivate_person(actor=system, user_id=system.pk)


def test_a_body_below_may_not_stand_higher_than_its_parent(county: County) -> None:
    with pytest.raises(Refused):
        make_body("某省", "980000", Level.PROVINCE, county.county, BodyKind.GOVERNMENT)
    with pytest.raises(Refused):
        make_body("重码", county.water.code, Level.COUNTY, county.county, BodyKind.DEPARTMENT)


def test_the_supervising_line_is_followed_before_the_tree(county: County) -> None:
    line = make_body("澄江市水务局", "999900-01", Level.CITY, county.city, BodyKind.DEPARTMENT)
    assert queries.body_at_level(county.water, Level.CITY) == county.city
    actions.relate(actor=None, organisation=county.water, other=line, kind=RelationKind.SUPERVISING)
    assert queries.supervising_body(county.water) == line
    assert queries.body_at_level(county.water, Level.CITY) == line
    assert queries.body_at_level(county.water, Level.NATION) is None


def test_policy_packs_are_read_from_the_body_upwards(county: County) -> None:
    Organisation.objects.filter(pk=county.city.pk).update(policy_pack="gansu")
    Organisation.objects.filter(pk=county.water.pk).update(policy_pack="hedong")
    water = Organisation.objects.get(pk=county.water.pk)
    assert queries.pack_codes(water) == ["hedong", "gansu"]


def test_the_installation_is_founded_once() -> None:
    actions.found_installation(government_name="云岭县", is_demonstration=True)
    with pytest.raises(Refused):
        actions.found_installation(government_name="另一个", is_demonstration=False)


def test_a_weak_password_and_a_taken_name_are_refused(county: County) -> None:
    with pytest.raises(Refused):
        actions.create_person(actor=None, username="li", display_name="李", organisation=county.water, password="123")
    county.person("zhang", county.water)
    with pytest.raises(Refused):
        county.person("ZHANG", county.water)


def test_an_administrator_of_a_body_looks_after_its_subtree_only(county: County) -> None:
    inside = county.person("shuiwu", county.water)
    outside = county.person("jiaoyu", county.school, Role.EDITOR)
    system = county.person("xitong", county.water, Role.SYSTEM_ADMIN)
    security = county.person("anquan", county.water, Role.SECURITY_ADMIN)
    for keeper in (system, security):
        assert set(queries.manageable_bodies(actor=keeper)) == {county.water}
        assert set(queries.manageable_people(actor=keeper)) == {inside, system, security}
        with pytest.raises(Missing):
            queries.find_person(actor=keeper, user_id=outside.pk)
    attempts = (
        lambda: actions.change_organisation(actor=system, organisation_id=county.school.pk, changes={"name": "改"}),
        lambda: actions.deactivate_person(actor=system, user_id=outside.pk),
        lambda: actions.reset_password(actor=system, user_id=outside.pk, password="xin-mi-ma-hen-chang"),
        lambda: actions.revoke_role(actor=security, assignment_id=outside.role_rows.get().pk),
        lambda: actions.grant_role(actor=security, user=outside, organisation=county.water, role=Role.EDITOR),
    )
    for attempt in attempts:
        with pytest.raises(Missing):
            attempt()
    with pytest.raises(Refused):
        actions.grant_role(actor=security, user=inside, organisation=county.school, role=Role.EDITOR)
    with pytest.raises(Refused):
        actions.create_person(
            actor=system, username="xin", display_name="新", organisation=county.school, password=PASSWORD
        )
    outside.refresh_from_db()
    assert (outside.is_active, outside.check_password(PASSWORD)) == (True, True)
    assert list(RoleAssignment.objects.filter(revoked_at=None, user__in=[inside, outside])) == [outside.role_rows.get()]


def test_an_administrator_above_reaches_every_body_below(county: County) -> None:
    system = county.person("xitong", county.city, Role.SYSTEM_ADMIN)
    assert set(queries.manageable_bodies(actor=system)) == {county.city, county.county, county.water, county.school}
    person = county.person("jiaoyu", county.school)
    actions.deactivate_person(actor=system, user_id=person.pk)
    person.refresh_from_db()
    assert not person.is_active


def test_who_works_for_a_body_outside_too_is_not_taken_over_by_an_administrator_below(county: County) -> None:
    system = county.person("xitong", county.water, Role.SYSTEM_ADMIN)
    officer = county.person("zhuguan", county.water, Role.EDITOR)
    actions.grant_role(actor=None, user=officer, organisation=county.county, role=Role.SUPERVISING_OFFICER)
    with pytest.raises(Refused, match="管辖范围以外"):
        actions.reset_password(actor=system, user_id=officer.pk, password="xin-mi-ma-hen-chang")
    with pytest.raises(Refused, match="管辖范围以外"):
        actions.deactivate_person(actor=system, user_id=officer.pk)
    officer.refresh_from_db()
    assert (officer.is_active, officer.check_password(PASSWORD)) == (True, True)


def test_only_an_administrator_of_the_root_makes_another_root(county: County) -> None:
    new = {"name": "某市", "short_name": "某市", "code": "98", "level": Level.CITY, "kind": BodyKind.GOVERNMENT}
    below = county.person("xitong", county.county, Role.SYSTEM_ADMIN)
    with pytest.raises(Refused):
        actions.create_organisation(actor=below, parent=None, **new)
    above = county.person("xitong2", county.city, Role.SYSTEM_ADMIN)
    assert actions.create_organisation(actor=above, parent=None, **new).parent is None
