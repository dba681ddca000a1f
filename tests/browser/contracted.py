"""Contracts of 青禾县水务局 with a vendor: in force, ending soon, over, and one nothing is known of yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhijian.lib import clock
from zhijian.organisations import actions as organisations
from zhijian.vendors import actions
from zhijian.vendors.actions import ContractDraft, DomainDraft, PersonDraft

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.models import Account

CODE = "91999911MA0QH0001Q"
PAPERS = {"contract": ("合同.pdf", b"%PDF-1.4 contract"), "undertaking": ("保密承诺书.pdf", b"%PDF-1.4 promise")}


def hire_vendors(host: User, water: Organisation, account: Account) -> dict[str, Any]:
    """Make the contracts; return them by state, with a person and a domain."""
    today = clock.today()
    base = ContractDraft(
        name="青禾溪声文化传媒有限公司", credit_code=CODE, contact="卢溪", phone="0999-8812345",
        title="政务新媒体运维服务合同", scope="写稿、排版、做图。不负责审核和发布。", responsible="周文静",
        begins_on=today - timedelta(days=60), ends_on=today + timedelta(days=305), forbids_subcontracting=True,
    )  # fmt: skip
    drafts = {
        "running": base,
        "soon": replace(base, title="短视频制作合同", ends_on=today + timedelta(days=20)),
        "over": replace(base, title="H5 专题制作合同", ends_on=today - timedelta(days=30)),
        "bare": replace(base, title="直播服务合同", begins_on=today + timedelta(days=5), forbids_subcontracting=False),
    }  # fmt: skip
    made: dict[str, Any] = {}
    for name, draft in drafts.items():
        made[name] = actions.create_contract(actor=host, organisation=water, draft=draft)
    running = made["running"].pk
    actions.choose_accounts(actor=host, contract_id=running, account_ids=[account.pk], seen=1)
    actions.attach_papers(actor=host, contract_id=running, papers=PAPERS)
    made["luxi"] = organisations.create_person(
        actor=None, username="luxi", display_name="卢溪", organisation=water, password="qing-he-xi-sheng-26",
        is_of_vendor=True,
    )  # fmt: skip
    made["person"] = actions.name_person(
        actor=host, contract_id=running, draft=PersonDraft("卢溪", "写稿、排版", "luxi")
    )
    link = DomainDraft(
        "h5.xisheng.example", "menu", is_ours=False, expires_on=today + timedelta(days=40), note="菜单“百姓呼声”"
    )
    made["domain"] = actions.link_domain(actor=host, contract_id=running, draft=link)
    actions.link_domain(actor=host, contract_id=made["soon"].pk, draft=replace(link, use="page"))
    made["vendor"] = made["running"].vendor
    return made
