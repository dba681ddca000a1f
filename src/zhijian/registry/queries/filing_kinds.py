"""What each kind of filing asks for, when it may be made, and what it is for (rules.md has no national form)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zhijian.registry.enums import AccountState, FilingKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.registry.models import Account


@dataclass(frozen=True, slots=True)
class Slot:
    """One kind of attachment; `needed` says that nothing goes to review without it."""

    code: str
    label: str
    needed: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class KindInfo:
    """One kind of filing. `event` is its word in the policy packs, `states` those of an account it may be made for.

    `fields` by name with their labels in the order of the form, `needed` those that must be filled; `told` whether the
    public is told by a notice that is reviewed with it.
    """

    event: str
    act: str
    purpose: str
    fields: Mapping[str, str]
    needed: tuple[str, ...]
    states: tuple[AccountState, ...] = ()
    slots: tuple[Slot, ...] = ()
    told: bool = False
    gates: tuple[tuple[str, str, str], ...] = field(default=())


OPENING_FIELDS = {
    "platform": "平台", "kind": "类型", "name": "账号名称", "positioning": "功能定位", "grounds": "开设理由",
    "leader": "分管负责人", "contact": "联系人", "phone": "联系电话", "reviewers": "审核人员",
    "undertaking": "备案承诺",
}  # fmt: skip
# What may be changed by a filing of change: the fields of an account, and the body that owns it.
CHANGEABLE = {
    "name": "账号名称", "organisation": "主办单位", "verified_subject": "认证主体", "positioning": "功能定位",
    "handle": "账号", "url": "主页地址", "leader": "分管负责人", "contact": "联系人", "phone": "联系电话",
}  # fmt: skip
NOTICE_FIELDS = {"notice_title": "公告标题", "notice_text": "公告正文"}
_CERTIFICATE = Slot("certificate", "单位证书", hint="机构编制部门发的电子证书或纸质证书的图片。")
_PLAN = Slot("plan", "实施方案", hint="组织领导、经费、管理制度、联系人和联系方式。")
_UNDERTAKING = Slot("undertaking", "备案承诺书", hint="盖章的扫描件。")
_OTHER = Slot("other", "其他材料")
_PROOF = Slot("proof", "平台注销证明", needed=True, hint="平台注销成功的通知或页面截图，看得见账号名称和日期。")
_LIVE = (AccountState.ACTIVE, AccountState.REGISTERED, AccountState.UNFILED)
_STANDING = (*_LIVE, AccountState.FROZEN)
_TRUE = ("true", "情况属实", "所填内容与账号、平台的实际情况一致。")
_TOLD = ("told", "公告清楚", "公告写明了账号、平台、日期和去处，群众看得懂。")
# What each office answers for when it agrees to an opening (国办发〔2018〕123号 二、三).
_OPENING_GATES = (
    ("need", "确有需要", "现有账号满足不了，开设后有人办、有人管、能持续更新。"),
    ("place", "不重复开设", "单位在这个平台没有别的账号，或者已批准多开例外。"),
    ("name", "名称规范", "名称简洁，与职责相关，看得出主办单位。"),
    ("people", "责任到人", "分管负责人、联系人和审核人员真实、可联系。"),
)
_REST = ("rest", "善后妥当", "粉丝知道去哪里，内容和个人信息有处置，仍在办的留言有人接。")

KINDS: dict[FilingKind, KindInfo] = {
    FilingKind.OPENING: KindInfo(
        event="open", act="开设账号", purpose="先备案，逐级批准后再到平台注册。", fields=OPENING_FIELDS,
        needed=("name", "positioning", "grounds", "leader", "contact", "phone", "reviewers"),
        slots=(_CERTIFICATE, _PLAN, _UNDERTAKING, _OTHER), gates=_OPENING_GATES,
    ),
    FilingKind.LATE: KindInfo(
        event="open", act="补办备案", purpose="账号已经在平台上，但没有备案过。批准后转为在用。",
        fields={"positioning": "功能定位", "grounds": "未先备案的原因和保留理由", "leader": "分管负责人",
                "contact": "联系人", "phone": "联系电话", "reviewers": "审核人员", "undertaking": "备案承诺"},
        needed=("positioning", "grounds", "leader", "contact", "phone", "reviewers"),
        states=(AccountState.UNFILED,), slots=(_CERTIFICATE, _PLAN, _UNDERTAKING, _OTHER), gates=_OPENING_GATES,
    ),
    FilingKind.CHANGE: KindInfo(
        event="change", act="办理变更", purpose="名称、主办单位、认证主体、功能定位或负责人变了。",
        fields={**{f"new_{name}": label for name, label in CHANGEABLE.items()}, "happened_on": "变更日期",
                "grounds": "变更原因", **NOTICE_FIELDS},
        needed=("grounds",), states=_STANDING, slots=(_CERTIFICATE, _OTHER), told=True,
        gates=(_TRUE, ("name", "名称规范", "改了名称的，名称简洁，与职责相关，看得出主办单位。")),
    ),
    FilingKind.FREEZE: KindInfo(
        event="freeze", act="停止更新", purpose="公告停更。停更的账号应当尽快关停，注销之前仍按规定检查更新。",
        fields={"happened_on": "停更日期", "grounds": "停更原因", "redirect": "以后看哪里", **NOTICE_FIELDS},
        needed=("happened_on", "grounds", "notice_title", "notice_text"), states=_LIVE, slots=(_OTHER,), told=True,
        gates=(_TRUE, _TOLD),
    ),
    FilingKind.RESUME: KindInfo(
        event="change", act="恢复更新", purpose="停更或关停的决定撤销，账号恢复正常运行。",
        fields={"grounds": "恢复原因", **NOTICE_FIELDS}, needed=("grounds", "notice_title", "notice_text"),
        states=(AccountState.FROZEN, AccountState.CLOSING), slots=(_OTHER,), told=True, gates=(_TRUE, _TOLD),
    ),
    FilingKind.CLOSING: KindInfo(
        event="close", act="关停账号", purpose="先公告，公告期满到平台注销，再办注销备案。注销之前仍要更新。",
        fields={"grounds": "关停原因", "followers_plan": "粉丝、内容和个人信息怎样处置", "redirect": "以后看哪里",
                **NOTICE_FIELDS},
        needed=("grounds", "followers_plan", "notice_title", "notice_text"), states=_STANDING, slots=(_OTHER,),
        told=True, gates=(_TRUE, _TOLD, _REST),
    ),
    FilingKind.MERGING: KindInfo(
        event="close", act="并入其他账号", purpose="两个账号职能相近，把这一个并入另一个：公告、注销，粉丝引到那一个。",
        fields={"target": "并入的账号", "grounds": "合并原因", "followers_plan": "粉丝、内容和个人信息怎样处置",
                **NOTICE_FIELDS},
        needed=("target", "grounds", "followers_plan", "notice_title", "notice_text"), states=_STANDING,
        slots=(_OTHER,), told=True, gates=(_TRUE, _TOLD, _REST),
    ),
    FilingKind.DEREGISTER: KindInfo(
        event="deregister", act="注销备案", purpose="平台已经注销成功，凭证明办结。办结后账号退出名录。",
        fields={"happened_on": "平台注销日期", "grounds": "说明", **NOTICE_FIELDS},
        needed=("happened_on", "notice_title", "notice_text"), states=(AccountState.CLOSING,),
        slots=(_PROOF, _OTHER), told=True,
        gates=(("proof", "平台确已注销", "看过证明，并在平台上搜过，已经找不到这个账号。"),),
    ),
    FilingKind.EXEMPTION: KindInfo(
        event="open", act="申请多开例外", purpose="一个单位在同一平台确需保留或再开一个账号的，按开设程序申请。",
        fields={"platform": "平台", "kind": "类型", "grounds": "确需多开的理由", "until": "申请保留到",
                "undertaking": "承诺"},
        needed=("platform", "grounds", "until"), states=(AccountState.APPROVED, *_STANDING), slots=(_PLAN, _OTHER),
        gates=(("need", "确有需要", "现有账号满足不了，两个账号分工清楚，都有人办、有人管。"),),
    ),
}  # fmt: skip
# Filed without an account: it is made by the filing, or may still be.
WITHOUT_ACCOUNT = (FilingKind.OPENING, FilingKind.EXEMPTION)


def kind_info(kind: str) -> KindInfo:
    """Return what a kind of filing asks for. Raises ValueError for a kind there is not."""
    return KINDS[FilingKind(kind)]


def kinds_for(account: Account) -> list[FilingKind]:
    """Return the kinds of filing that fit the state of an account, in the order they are offered."""
    state = AccountState(account.state)
    fitting = [kind for kind, info in KINDS.items() if state in info.states]
    if account.holds_place:
        fitting = [kind for kind in fitting if kind is not FilingKind.EXEMPTION]
    return fitting


def field_labels(kind: str) -> dict[str, str]:
    """Return the fields of a kind that a reviewer can point at, attachments last, by name with their labels."""
    info = kind_info(kind)
    return {**info.fields, **{f"file_{slot.code}": slot.label for slot in info.slots}}
