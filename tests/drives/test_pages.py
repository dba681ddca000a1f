from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.drives.office import day
from tests.registry.world import make_person

from zhijian.drives.models import Drive, Target
from zhijian.organisations.enums import Role

if TYPE_CHECKING:
    from django.test import Client
    from tests.drives.office import Office

HOME = "/desk/drives/"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_pages_lead_from_the_proposals_to_the_report(client: Client, office: Office) -> None:
    world = office.world
    client.force_login(world.supervisor)
    assert "还没有清理整合行动" in text(client.get(HOME))
    spare, twin = office.account("东溪教育在线"), office.account("东溪 教育")
    town, small = office.account("石桥发布"), office.account("=东溪卫健", "weibo")
    ticked = client.post(f"{HOME}take/", {"chosen": [spare.pk, twin.pk, "x"], "next": f"{HOME}proposals/"})
    assert (ticked.status_code, "把选中的 2 个账号列入一个行动" in text(ticked)) == (200, True)
    data = {"chosen": [spare.pk, twin.pk], "drive": "new", "title": "2026年清理整合", "basis": "《通知》",
            "organisation": world.county.pk, "due_on": day(30).isoformat()}  # fmt: skip
    wrong = client.post(f"{HOME}take/", {**data, "basis": "", "due_on": "0001-01-01"})
    assert (wrong.status_code, "新建行动要填这一项" in text(wrong), "2026年清理整合" in text(wrong)) == (
        409,
        True,
        True,
    )
    page = client.post(f"{HOME}take/", data, follow=True)
    row = Drive.objects.get()
    address = f"{HOME}{row.pk}/"
    assert page.redirect_chain[-1][0] == address
    assert "已列入 2 个账号" in text(page)
    # All that match the filters, into the same drive; then one by hand.
    assert "把选中的 1 个账号" in text(client.get(f"{HOME}take/?platform=weibo"))
    client.post(f"{HOME}take/?platform=weibo&all=1", {"drive": row.pk})
    assert "石桥发布" in text(client.get(f"{address}add/?q=石桥"))
    client.post(f"{HOME}take/", {"into_drive": row.pk, "chosen": [town.pk]})
    assert set(row.targets.values_list("account_id", flat=True)) == {spare.pk, twin.pk, town.pk, small.pk}
    hand = Target.objects.get(account=town)
    changed = client.post(f"{HOME}targets/{hand.pk}/", {"act": "merging", "into": office.account("东溪发布").pk})
    assert changed.status_code == 302
    assert client.post(f"{HOME}targets/{hand.pk}/", {"act": "merging", "into": ""}).status_code == 409
    client.post(f"{address}remove/", {"chosen": [Target.objects.get(account=small).pk]})
    assert "并入“东溪发布”" in text(client.get(f"{address}targets/"))
    edited = {"title": "清理整合", "basis": "《通知》", "due_on": day(40).isoformat(), "guidance": "先看自己的账号。"}
    client.post(f"{address}edit/", edited)
    assert "下发这个行动？" in text(client.get(f"{address}send/"))
    assert "没有主办人员" in text(client.post(f"{address}send/", follow=True))
    assert client.post(f"{address}edit/", edited).status_code == 409
    assert client.post(f"{address}delete/").status_code == 409

    a_body_answers_and_the_office_ends_it(client, office, address, hand)


def a_body_answers_and_the_office_ends_it(client: Client, office: Office, address: str, hand: Target) -> None:
    world = office.world
    client.force_login(world.officer)
    spare = office.account("东溪教育在线")
    mine = Target.objects.get(account=spare)
    shown = text(client.get(f"{HOME}answers/"))
    assert ("东溪教育在线" in shown, "石桥发布" in shown) == (True, False)
    assert "先看自己的账号。" in text(client.get(f"{HOME}targets/{mine.pk}/"))
    assert client.post(f"{HOME}targets/{mine.pk}/ask/", {"reason": "", "seen": 0}).status_code == 409
    filed = client.post(f"{HOME}targets/{mine.pk}/agree/", {"seen": 0}, follow=True)
    assert "已答复同意，备案已经填好" in text(filed)
    late = client.post(f"{HOME}targets/{mine.pk}/agree/", {"seen": 0}, follow=True)
    assert "已经答复“同意办理”。请看过再办。" in text(late)
    assert client.post(f"{HOME}agree/", {"chosen": [mine.pk]}).status_code == 302
    assert [client.get(f"{address}{page}").status_code for page in ("add/", "report/")] == [409, 409]
    assert client.get(f"{HOME}targets/{hand.pk}/").status_code == 404

    client.force_login(world.supervisor)
    assert client.post(f"{address}extend/", {"due_on": day(39).isoformat()}).status_code == 409
    client.post(f"{address}extend/", {"due_on": day(60).isoformat()})
    assert "没有办结" in text(client.get(f"{address}close/"))
    client.post(f"{address}close/")
    assert client.get(f"{address}report/").headers["Content-Disposition"].startswith("attachment")
    assert "已结束" in text(client.get(address))


def test_others_read_nothing(client: Client, office: Office) -> None:
    row = office.sent(office.account("东溪教育在线"))
    draft = office.drive(office.account("石桥发布"), title="还没有下发")
    target = Target.objects.get(drive=row)
    asked = [
        f"{HOME}{row.pk}/", f"{HOME}{row.pk}/targets/", f"{HOME}{row.pk}/report/", f"{HOME}{row.pk}/extend/",
        f"{HOME}targets/{target.pk}/", f"{HOME}targets/{target.pk}/ask/", f"{HOME}targets/{target.pk}/decide/",
    ]  # fmt: skip
    inspector = make_person("inspector", office.world.education, Role.INSPECTOR)
    for stranger in (office.world.stranger, office.health_officer, office.world.head, inspector):
        client.force_login(stranger)
        assert {client.get(address).status_code for address in asked} == {404}
        assert "2026年清理整合" not in text(client.get(HOME))
    client.force_login(office.world.officer)
    assert client.get(f"{HOME}{draft.pk}/").status_code == 404
    client.force_login(office.world.city_officer)
    assert client.get(f"{HOME}{row.pk}/").status_code == 200
