"""The setting of the language model: who may set, who may consent, what voids a consent, and the trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction
from tests.model_world import ModelHouse, model_house
from tests.people import PASSWORD, make_county

from zhijian.audit.models import Event
from zhijian.knowledge.actions import language_model as actions
from zhijian.knowledge.models import ModelSetting
from zhijian.knowledge.queries.language_model import consent_sentence, model_for, model_setting
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import Role
from zhijian.sandbox.language_model import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from zhijian.organisations.models import User

pytestmark = pytest.mark.django_db
URL = "/desk/language-model/"


@pytest.fixture
def house(db: None, settings: Any) -> Iterator[ModelHouse]:
    with model_house(make_county(), settings) as made:
        yield made


def consent(house: ModelHouse, actor: User | None = None) -> ModelSetting:
    row = ModelSetting.objects.get()
    return actions.consent_to_model(actor=actor or house.security, stamp=row.stamp)


def reasons(act: Any) -> list[str]:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.reasons


def test_one_sets_up_another_consents_and_every_step_is_written_down(house: ModelHouse) -> None:
    water, school, county = house.county.water, house.county.school, house.county.county
    assert reasons(lambda: actions.set_up_model(actor=house.security, draft=house.draft(water))) == [
        "大模型由最上级单位的系统管理员设置。"
    ]
    house.set_up(water)
    assert model_for(water) is None
    assert reasons(lambda: consent(house, house.system)) == ["是否把稿件发给大模型，由最上级单位的安全管理员决定。"]
    below = house.county.person("xiaji", county, Role.SECURITY_ADMIN)
    assert reasons(lambda: consent(house, below)) == ["是否把稿件发给大模型，由最上级单位的安全管理员决定。"]

    row = consent(house)

    assert (row.consented_by, row.consented_address, row.consented_name) == (house.security, house.address, "office")
    assert f"（{house.address}）" in consent_sentence(row)
    assert "云岭县水务局（含下级单位）" in consent_sentence(row)
    assert model_for(water) == row
    assert [model_for(body) for body in (school, county, house.county.city)] == [None, None, None]
    actions.stop_model(actor=house.system)
    assert model_for(water) is None
    assert reasons(lambda: actions.stop_model(actor=house.security)) == ["大模型没有启用。"]
    events = Event.objects.filter(thing_kind="knowledge.language_model").order_by("pk")
    told = {"address": house.address, "model": "office", "bodies": [water.pk]}
    assert [(one.name.rpartition(".")[2], one.actor_label, {key: one.data[key] for key in told}) for one in events] == [
        ("changed", "xitong", told), ("consented", "anquan", told), ("stopped", "xitong", told),
    ]  # fmt: skip
    assert KEY not in str([one.data for one in events])
    assert KEY.encode() not in bytes(row.key)


def test_a_consent_is_void_once_what_it_was_given_to_changes(house: ModelHouse) -> None:
    water, county = house.county.water, house.county.county
    house.open(water)
    row = model_setting()
    assert row is not None
    for more in ({"seconds": 9}, {"most_characters": 500}, {"key": "another-key"}, {"key": ""}):
        house.set_up(water, **more)
        assert model_for(water) == row
    for name, bodies, more in (
        ("other", (water,), {}), ("office", (water,), {"address": f"{house.site}/model/v2"}), ("office", (county,), {}),
        ("office", (water,), {"is_public": True}),
    ):  # fmt: skip
        house.set_up(*bodies, name=name, **more)
        assert (model_for(water), ModelSetting.objects.get().consented_by) == (None, None)
        house.open(water)
    seen = ModelSetting.objects.get().stamp
    house.set_up(county)
    assert reasons(lambda: actions.consent_to_model(actor=house.security, stamp=seen)) == [
        "设置刚刚改过，请刷新页面，看清楚再决定。"
    ]
    house.set_up()
    assert reasons(lambda: consent(house)) == ["还没有选哪些单位可以用。请系统管理员先选。"]
    house.open(water)
    for change in (
        {"address": "http://10.9.9.9/v1"}, {"name": "x"}, {"bodies": [1]}, {"is_public": True}, {"consented_by": None},
        {"consented_by": house.system},
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic():
            ModelSetting.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ModelSetting.objects.all().delete()


def test_who_wrote_the_setting_does_not_consent_to_it_in_another_role(house: ModelHouse) -> None:
    house.set_up(house.county.water)
    ModelSetting.objects.update(changed_by=house.security)
    assert reasons(lambda: consent(house)) == ["设置是您自己填写的，请另一位安全管理员看过以后同意。"]
    row = ModelSetting.objects.get()
    row.consented_by, row.consented_at, row.consented_bodies = house.security, clock.now(), row.bodies
    row.consented_address, row.consented_name = row.address, row.name
    with pytest.raises(DatabaseError, match="who wrote the setting"), transaction.atomic():
        row.save()


def test_a_key_typed_for_one_address_never_goes_to_another(house: ModelHouse) -> None:
    house.set_up(key=KEY)
    house.set_up(key="")
    assert actions.try_model(actor=house.system).opinions
    house.set_up(key="", address=f"{house.site}/model/v1/x/../")
    assert bytes(ModelSetting.objects.get().key) == b""
    house.set_up(key=KEY)
    house.set_up(key="", drops_key=True)
    assert reasons(lambda: actions.try_model(actor=house.system)) == ["模型不认密钥。请系统管理员重新填写密钥。"]
    wrong = house.draft(address="http://127.0.0.1:1/v1", key="键", name=" ")
    assert len(reasons(lambda: actions.set_up_model(actor=house.system, draft=wrong))) == 3


def test_a_trial_sends_one_sentence_of_ours_and_names_every_fault(house: ModelHouse) -> None:
    assert reasons(lambda: actions.try_model(actor=house.system)) == [actions.NOT_SET]
    house.set_up()
    trial = actions.try_model(actor=house.system)
    assert [(one.wrong, one.right) for one in trial.opinions] == [("布署", "部署"), ("按装", "安装")]
    [chat] = house.chats()
    assert chat["messages"][1]["content"].split("\n")[1:-1] == [actions.TRIAL_TEXT]

    def fault(**more: Any) -> str:
        house.set_up(**more)
        [reason] = reasons(lambda: actions.try_model(actor=house.system))
        return reason

    assert fault(key="wrong").startswith("模型不认密钥")
    assert fault(name="missing").startswith("这个地址上没有这个模型")
    assert fault(name="talkative").startswith("模型的回答不是约定的格式")
    assert fault(name="twice").startswith("模型的回答不是约定的格式")
    assert fault(name="endless").startswith("模型的回答太长")
    house.fault(kind="latency", seconds=2.0)
    assert fault(seconds=1).startswith("模型太久没有回答")
    assert fault(address="http://model.invalid:9000/v1").startswith("连不上模型")
    assert actions.ModelTurn.objects.count() == 0


def test_the_page_leads_both_administrators_and_shuts_out_everybody_else(house: ModelHouse, client: Client) -> None:
    water = house.county.water
    editor = house.county.person("xiezuo", water, Role.EDITOR)
    for path, method in (("", "get"), ("edit/", "get"), ("try/", "post"), ("consent/", "post"), ("stop/", "post")):
        client.force_login(editor)
        assert getattr(client, method)(URL + path).status_code == 404
    client.force_login(house.county.person("xiaji", house.county.county, Role.SYSTEM_ADMIN))
    assert (client.get(URL).status_code, client.get(f"{URL}edit/").status_code) == (409, 409)
    client.force_login(house.security)
    assert client.get(f"{URL}edit/").status_code == 409
    client.force_login(house.system)
    assert "没有设置大模型" in client.get(URL).content.decode()
    typed = {
        "address": "http://127.0.0.1:1/v1", "name": "office", "key": KEY, "seconds": 20, "most_characters": 2000,
        "bodies": [water.pk],
    }  # fmt: skip
    shown = client.post(f"{URL}edit/", typed)
    assert shown.status_code == 409
    assert "不在单位网络里" in shown.content.decode()
    assert KEY not in shown.content.decode()
    client.post(f"{URL}edit/", {**typed, "address": house.address})
    said = client.post(f"{URL}try/", follow=True).content.decode()
    assert "秒答复" in said
    assert "“按装”改为“安装”" in said
    assert "由最上级单位的安全管理员决定" in said
    client.force_login(house.security)
    row = ModelSetting.objects.get()
    said = client.post(f"{URL}consent/", {"stamp": row.stamp}, follow=True).content.decode()
    assert "已启用" in said
    assert KEY not in said
    assert model_for(water) == row
    client.post(f"{URL}stop/")
    assert model_for(water) is None
    client.logout()
    assert client.login(username="xiezuo", password=PASSWORD)
    assert "大模型" not in client.get("/desk/").content.decode()
