from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.people import make_county

from zhijian.audit.models import Event
from zhijian.lib import clock, watched
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role
from zhijian.services import actions, queries
from zhijian.services.models import Service
from zhijian.services.queries import ServiceDraft

if TYPE_CHECKING:
    from tests.people import County

    from zhijian.organisations.models import User

ENTRANCE = "https://sw.example.gov.cn/card"


@pytest.fixture
def county(db: None) -> County:
    return make_county()


@pytest.fixture
def editor(county: County) -> User:
    return county.person("editor", county.water, Role.EDITOR)


@pytest.fixture
def host(county: County) -> User:
    return county.person("host", county.water, Role.HOST_OFFICER)


def draft(**more: Any) -> ServiceDraft:
    told = {
        "name": "用水卡补领",
        "how": "在网上填表，当天领。",
        "words": ("水卡丢了",),
        "entrance_url": ENTRANCE,
        "source": "事项清单",
    }
    return ServiceDraft(**{**told, **more})


def published(county: County, host: User, **more: Any) -> Service:
    service = actions.create_service(actor=host, organisation=county.water, draft=draft(**more))
    return actions.publish_service(actor=host, service_id=service.pk)


def test_a_writer_writes_and_an_officer_shows_it_to_citizens(county: County, editor: User, host: User) -> None:
    service = actions.create_service(actor=editor, organisation=county.water, draft=draft())
    assert queries.find_services(text="水卡丢了") == []
    with pytest.raises(Missing):
        queries.public_service(service.pk)
    with pytest.raises(Refused, match="上线和停用由"):
        actions.publish_service(actor=editor, service_id=service.pk)
    actions.publish_service(actor=host, service_id=service.pk)
    assert queries.find_services(text="我的水卡丢了怎么办") == [service]
    assert queries.find_services(text="补领") == [service]
    assert queries.find_services(text="结婚登记") == []


def test_a_service_nobody_could_reach_is_not_shown(county: County, host: User) -> None:
    bare = actions.create_service(actor=host, organisation=county.water, draft=draft(entrance_url="", how=""))
    with pytest.raises(Refused) as refused:
        actions.publish_service(actor=host, service_id=bare.pk)
    assert refused.value.reasons == [
        "还没有写怎么办，请先补上。",
        "网上入口、办理地点、咨询电话至少要有一个，群众才知道到哪里办。",
    ]


def test_wrong_words_keep_a_service_from_citizens_until_they_are_mended_or_signed_for(
    county: County, host: User
) -> None:
    bad = actions.create_service(actor=host, organisation=county.water, draft=draft(how="到县人民攻府大厅办。"))
    with pytest.raises(Refused, match="怎么办里的“人民攻府”属严重错误，请改正。"):
        actions.publish_service(actor=host, service_id=bad.pk, reason="误报")
    private = draft(how="把身份证11010519491231002X的复印件交到窗口。")
    actions.save_service(actor=host, service_id=bad.pk, edition=1, draft=private)
    with pytest.raises(Refused, match=r"怎么办里的“11010519491.*请改正，确属误报的写明理由。"):
        actions.publish_service(actor=host, service_id=bad.pk)
    actions.publish_service(actor=host, service_id=bad.pk, reason="是样表上的示例号码")
    assert Service.objects.get(pk=bad.pk).override_reason == "是样表上的示例号码"
    signed = Event.objects.get(name="services.service.published").data
    assert signed["override_reason"] == "是样表上的示例号码"
    assert [one.partition(" ")[2] for one in signed["findings"]] == ["怎么办"]
    assert "11010519491231002X" not in str(signed)
    with pytest.raises(Refused, match="名称里的“人民攻府”"):
        actions.save_service(actor=host, service_id=bad.pk, edition=2, draft=draft(name="人民攻府办事"))
    assert Service.objects.get(pk=bad.pk).how == private.how


def test_the_address_behind_the_button_is_judged_as_an_address(county: County, host: User) -> None:
    imitated = draft(entrance_url="https://www.gov.cn.banshi-card.com/card?idcard=330102199001010011")
    service = actions.create_service(actor=host, organisation=county.water, draft=imitated)
    with pytest.raises(Refused, match=r"检查发现网上入口里的“https://www\.”"):
        actions.publish_service(actor=host, service_id=service.pk)
    actions.save_service(actor=host, service_id=service.pk, edition=1, draft=draft())
    actions.publish_service(actor=host, service_id=service.pk)
    with pytest.raises(Refused, match="网上入口里的"):
        actions.save_service(actor=host, service_id=service.pk, edition=2, draft=imitated)


def test_of_two_who_edit_at_once_the_second_is_told(county: County, editor: User, host: User) -> None:
    service = actions.create_service(actor=editor, organisation=county.water, draft=draft())
    actions.save_service(actor=host, service_id=service.pk, edition=1, draft=draft(phone="0599-1234567"))
    with pytest.raises(Refused, match="别人改过这项服务"):
        actions.save_service(actor=editor, service_id=service.pk, edition=1, draft=draft(fee="免费"))
    service.refresh_from_db()
    assert (service.edition, service.phone, service.fee) == (2, "0599-1234567", "")


def test_a_name_stands_once_in_a_body_until_it_is_retired(county: County, host: User) -> None:
    first = published(county, host)
    with pytest.raises(Refused, match="已在本单位的服务里"):
        actions.create_service(actor=host, organisation=county.water, draft=draft())
    with pytest.raises(Refused, match="请写明为什么停用"):
        actions.retire_service(actor=host, service_id=first.pk, reason="")
    actions.retire_service(actor=host, service_id=first.pk, reason="改用新系统")
    assert queries.find_services(text="水卡丢了") == []
    again = published(county, host)
    assert queries.find_services(text="水卡丢了") == [again]


def test_another_bodys_service_is_missing(county: County, host: User) -> None:
    service = actions.create_service(actor=host, organisation=county.water, draft=draft())
    outsider = county.person("outsider", county.school, Role.HOST_OFFICER)
    for act in (actions.publish_service, queries.find_service):
        with pytest.raises(Missing):
            act(actor=outsider, service_id=service.pk)
    with pytest.raises(Refused, match="不能写它的办事服务"):
        actions.create_service(actor=outsider, organisation=county.water, draft=draft(name="冒名服务"))
    service.refresh_from_db()
    assert (service.state, Service.objects.count()) == ("draft", 1)


def test_each_of_three_outcomes_is_kept_as_what_it_is(county: County, host: User) -> None:
    service = published(county, host)
    (link,) = watched.watched_links()
    assert link == watched.WatchedLink("services.service", service.pk, ENTRANCE)
    start = clock.now()
    seen = []
    for hours, (result, reason) in enumerate([("reached", ""), ("could_not_look", "对方网站太久没有回应。"),
                                              ("gone", "页面已经不存在。"), ("gone", "页面已经不存在。")]):  # fmt: skip
        watched.tell_outcome(link, result=result, at=start + timedelta(hours=hours), reason=reason)
        service.refresh_from_db()
        work = [(item.kind, item.state) for item in queries.work_items(actor=host)]
        since = (service.health_since or start) - start
        seen.append((service.health, service.health_reason, since, work))
    assert seen == [
        ("opens", "", timedelta(0), []),
        ("not_looked", "对方网站太久没有回应。", timedelta(hours=1), []),
        ("broken", "页面已经不存在。", timedelta(hours=2), [("修入口", "页面已经不存在。")]),
        ("broken", "页面已经不存在。", timedelta(hours=2), [("修入口", "页面已经不存在。")]),
    ]


def test_a_look_at_an_older_address_or_an_older_look_says_nothing_of_today(county: County, host: User) -> None:
    service = published(county, host)
    now = clock.now()
    assert actions.note_health(service_id=service.pk, url=ENTRANCE, result="reached", at=now)
    earlier = now - timedelta(hours=1)
    assert not actions.note_health(service_id=service.pk, url=ENTRANCE, result="gone", at=earlier, reason="没有了")
    actions.save_service(
        actor=host, service_id=service.pk, edition=service.edition, draft=draft(entrance_url=f"{ENTRANCE}/new")
    )
    service.refresh_from_db()
    assert (service.health, service.health_at) == ("unknown", None)
    assert not actions.note_health(service_id=service.pk, url=ENTRANCE, result="gone", at=now, reason="没有了")
    service.refresh_from_db()
    assert service.health == "unknown"
