from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from zhijian.organisations.enums import Role
from zhijian.organisations.founding import setup_code
from zhijian.organisations.models import Installation, Organisation, RoleAssignment, User

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

PEOPLE = {
    Role.SUPERVISING_OFFICER: "zhuguan",
    Role.SYSTEM_ADMIN: "xitong",
    Role.SECURITY_ADMIN: "anquan",
    Role.AUDIT_ADMIN: "shenji",
}


def answers(**changes: str) -> dict[str, str]:
    form = {
        "code": setup_code(), "name": "青禾县人民政府", "short_name": "青禾县政府", "organisation_code": "990101",
        "level": "county", "policy_pack": "gansu",
    }  # fmt: skip
    for role, username in PEOPLE.items():
        form |= {f"{role}_username": username, f"{role}_name": username, f"{role}_password": "lv-shu-cheng-yin-26"}
    return {**form, **changes}


def test_an_empty_installation_leads_to_the_wizard_and_is_founded_with_the_code(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/setup/"
    assert client.get("/setup/").status_code == 200
    response = client.post("/setup/", answers())
    assert response.status_code == 302
    body = Organisation.objects.get()
    assert (body.name, body.policy_pack, body.level) == ("青禾县人民政府", "gansu", "county")
    held = {row.user.username: (row.role, row.includes_subtree) for row in RoleAssignment.objects.all()}
    assert held == {name: (role, role == Role.SUPERVISING_OFFICER) for role, name in PEOPLE.items()}
    assert client.get("/setup/").status_code == 404
    assert client.get("/").status_code == 200


def test_without_the_code_nobody_founds_anything(client: Client) -> None:
    wrong = f"{(int(setup_code()) + 1) % 10**8:08d}"
    response = client.post("/setup/", answers(code=wrong))
    assert response.status_code == 422
    assert "启动码不对" in response.content.decode()
    assert not Installation.objects.exists()


def test_a_weak_password_of_the_last_person_keeps_nothing(client: Client) -> None:
    response = client.post("/setup/", answers(audit_admin_password="12345"))
    assert response.status_code == 422
    assert not Installation.objects.exists()
    assert not Organisation.objects.exists()
    assert not User.objects.exists()
    assert "lv-shu" not in response.content.decode()
