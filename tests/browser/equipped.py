"""What 青禾县水务局 has: a statement, licences and rules in every state, talks that go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhijian.lib import clock
from zhijian.resources import actions

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User

PAPER = ("原件.pdf", b"%PDF-1.4 paper")


def equip(host: User, water: Organisation) -> dict[str, Any]:
    """Write all of it down; return the rows by state."""
    today = clock.today()
    actions.state_means(
        actor=host, organisation=water, year=today.year, seen=0,
        draft=actions.StatementDraft(
            leader_name="唐力", leader_post="副局长", leader_phone="0999-8812345", unit="办公室",
            budget=Decimal("86000.50"),
            budget_source="部门预算", staff_count=2, staff_names="周文静：账号管理\n何敏：采编",
        ),
    )  # fmt: skip
    licence = actions.LicenceDraft(
        "示例许〔2024〕0009号",
        "示例省互联网信息办公室",
        water.name,
        today - timedelta(days=700),
        today + timedelta(days=30),
    )
    endless = replace(licence, number="示例许〔2020〕0001号", begins_on=None, ends_on=None)
    rule = actions.RuleDraft(
        "青禾县水务局信息发布审核制度", "青水发〔2024〕6号", today - timedelta(days=400), today - timedelta(days=390),
        today - timedelta(days=3),
    )  # fmt: skip
    made: dict[str, Any] = {
        "soon": actions.record_licence(
            actor=host, organisation=water, kind="internet_news", draft=licence, paper=PAPER
        ),
        "old": actions.record_licence(actor=host, organisation=water, kind="audiovisual", draft=licence),
        "endless": actions.record_licence(actor=host, organisation=water, kind="other", draft=endless),
        "due": actions.record_rule(actor=host, organisation=water, kind="publishing_review", draft=rule, paper=PAPER),
        "replaced": actions.record_rule(
            actor=host, organisation=water, kind="duty", draft=replace(rule, title="值班办法")
        ),
    }  # fmt: skip
    later = replace(licence, number="示例许〔2026〕0011号", begins_on=today, ends_on=today + timedelta(days=1_000))
    made["renewed"] = actions.renew_licence(actor=host, licence_id=made["old"].pk, draft=later)
    made["replacing"] = actions.replace_rule(
        actor=host, rule_id=made["replaced"].pk,
        draft=replace(rule, title="值班值守办法", in_force_from=today, review_by=None),
    )  # fmt: skip
    talk = actions.TalkDraft(
        platform="wechat", day=today - timedelta(days=6), contact_name="卢晓溪", contact_phone="0755-0000111",
        contact_mail="lu@example.cn", way="phone", asked="账号名称与一家公司重名，请平台核实。", came_of="已受理。",
        follow_up_on=today, state="open",
    )  # fmt: skip
    made["talk"] = actions.record_talk(actor=host, organisation=water, draft=talk)
    wrong = actions.follow_up(actor=host, entry_id=made["talk"].pk, draft=replace(talk, day=today, asked="催问。"))
    made["newest"] = actions.correct_entry(
        actor=host, entry_id=wrong.pk, draft=replace(talk, day=today, asked="催问重名一事。")
    )
    return made
