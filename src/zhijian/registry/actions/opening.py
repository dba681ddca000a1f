"""The rules of opening an account: who may, under which name, and through whose hands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zhijian.organisations.enums import BodyKind, Level, Role
from zhijian.organisations.queries import ancestors, body_at_level, supervising_body
from zhijian.policy.queries import approval_chain, name_problems, platform_by_code
from zhijian.registry.queries.accounts import live_accounts_of, place_holder
from zhijian.registry.queries.filings import OPENING_FIELDS
from zhijian.registry.queries.ruling import platform_label, policy_of
from zhijian.review.routes import Gate, Route, StageSpec

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation
    from zhijian.policy.queries import Policy, Resolved
    from zhijian.registry.models import Filing

# What each office answers for when it agrees to an opening (国办发〔2018〕123号 二、三).
GATES = (
    Gate("need", "确有需要", "现有账号满足不了，开设后有人办、有人管、能持续更新。"),
    Gate("place", "不重复开设", "单位在这个平台没有别的账号。"),
    Gate("name", "名称规范", "名称简洁，与职责相关，看得出主办单位。"),
    Gate("people", "责任到人", "分管负责人、联系人和审核人员真实、可联系。"),
)
_AREA = re.compile(r"^(.{2,}?)(?:人民政府|政府)")
_SPECIAL = re.compile(r"专班|专项|攻坚|创城|创文|指挥部|领导小组|工作组")
_NEEDED = ("name", "positioning", "grounds", "leader", "contact", "phone", "reviewers")


def opening_reasons(filing: Filing) -> list[str]:
    """Give every reason of the rules against an opening, as sentences that name the document."""
    policy = policy_of(filing.organisation)
    return [
        *_empty_fields(filing),
        *body_reasons(filing.organisation, policy),
        *name_reasons(filing.organisation, filing.name, policy),
        *place_reasons(filing),
    ]


def _empty_fields(filing: Filing) -> list[str]:
    empty = [OPENING_FIELDS[name] for name in _NEEDED if not str(filing.form.get(name, "")).strip()]
    reasons = [f"还没有填：{'、'.join(empty)}。"] if empty else []
    if not filing.form.get("undertaking"):
        reasons.append("请先勾选备案承诺。")
    return reasons


def body_reasons(organisation: Organisation, policy: Policy) -> list[str]:
    """Tell why this kind of body may not open accounts: internal bodies, county departments and towns by local rule."""
    reasons = []
    internal = policy.find("account.internal_body_new", level=organisation.level)
    if organisation.kind == BodyKind.INTERNAL and internal is not None and internal.value == "forbidden":
        reasons.append(f"内设机构不再新开账号，请由所属单位开设。{_source(internal)}")
    county = policy.find("account.county_departments_may_open", level=organisation.level)
    if _is_low_body(organisation) and county is not None and county.value == "no":
        reasons.append(f"县级部门、乡镇不自行开设账号，请在上级单位的账号上发布。{_source(county)}")
    return reasons


def _is_low_body(organisation: Organisation) -> bool:
    """County departments, and everything of a town; a county's own government may (and must) open."""
    if organisation.level == Level.TOWNSHIP:
        return True
    return organisation.level == Level.COUNTY and organisation.kind not in {BodyKind.GOVERNMENT, BodyKind.OFFICE}


def _source(rule: Resolved) -> str:
    return f"依据{rule.document.citation}。"


def name_reasons(organisation: Organisation, name: str, policy: Policy) -> list[str]:
    """Give every reason a name breaks the rules: length, letters, body or area missing, a campaign, a person."""
    if not name.strip():
        return []
    reasons = name_problems(
        policy, name,
        organisation_names=[organisation.name, organisation.short_name], area_names=area_names(organisation),
    )  # fmt: skip
    rule = policy.value("account.name_rules")
    special = policy.find("account.special_work_allowed")
    found = _SPECIAL.search(name)
    if found and special is not None and not special.value:
        reasons.append(f"名称里的“{found[0]}”是专项工作，不以专项工作名义开设账号。{_source(special)}")
    return [f"{reason}依据{rule.document.citation}。" if "依据" not in reason else reason for reason in reasons]


def area_names(organisation: Organisation) -> list[str]:
    """Return the names of the divisions a body lies in, nearest first, long and short (东山县, 东山)."""
    names: list[str] = []
    for body in [organisation, *ancestors(organisation)]:
        match = _AREA.match(body.name)
        if match:
            names += [match[1], re.sub(r"(省|市|县|区|自治州|州|旗|镇|乡|街道)$", "", match[1])]
    return [name for name in dict.fromkeys(names) if len(name) > 1]


def other_names(organisation: Organisation) -> list[str]:
    """Return the names of the body's accounts on its platforms; a new one should bear the same (各平台名称一致)."""
    names = live_accounts_of(organisation).order_by("-is_main", "pk").values_list("name", flat=True)
    return list(dict.fromkeys(names))


def place_reasons(filing: Filing) -> list[str]:
    """Tell that the body's one place on this platform is taken, by which account and by which rule."""
    body = filing.organisation
    policy = policy_of(body)
    rule = policy.find("account.one_per_platform", level=body.level, body_kind=body.kind)
    holder = place_holder(organisation=body, platform_group=filing.platform_group)
    if holder is None or holder.pk == filing.account_id:
        return []
    label = platform_label(holder.platform, holder.kind)
    source = _source(rule) if rule else ""
    taken = f"{body.short_name}在{label}已有账号“{holder.name}”（{holder.get_state_display()}，{holder.number}）。"
    return [f"{taken}一个单位在同一平台只开一个，请用好现有账号，或先注销它。{source}"]


def opening_route(organisation: Organisation) -> Route:
    """Return the stages of an opening for a body: own head, then the offices the local rule names, bottom to top.

    Offices at or below the body's own level, and offices that are the same body, are signed once. 全国系统 is no
    signer here; the note reminds of the report to it.
    """
    policy = policy_of(organisation)
    rule = policy.value("filing.open.chain", level=organisation.level)
    stages: list[StageSpec] = []
    notes: list[str] = []
    for word in approval_chain(policy, event="open", level=organisation.level):
        if word == "nation":
            notes.append("批准后还要在全国政务新媒体信息报送系统报送。")
            continue
        body = _office(organisation, word)
        if body is not None and body.pk not in {stage.organisation_id for stage in stages}:
            stages.append(_stage(word, body, organisation, policy))
    return Route(name="开设备案", stages=tuple(stages), source=rule.document.citation, notes=tuple(notes))


def _office(organisation: Organisation, word: str) -> Organisation | None:
    """Return the body that signs for a word of the chain; None where there is none above the filing body."""
    if word == "own":
        return organisation
    if word == "supervising":
        return supervising_body(organisation)
    if Level(word).rank > Level(organisation.level).rank:
        return None
    return body_at_level(organisation, word)


def _stage(word: str, body: Organisation, organisation: Organisation, policy: Policy) -> StageSpec:
    own = body.pk == organisation.pk
    days = policy.find("filing.deadline_working_days", event="open", level=organisation.level)
    return StageSpec(
        code=word,
        name="本单位负责人同意" if own else f"{body.short_name}审核",
        organisation_id=body.pk,
        roles=(str(Role.HEAD),) if own else (str(Role.SUPERVISING_OFFICER), str(Role.HEAD)),
        gates=GATES,
        working_days=None if own or days is None else days.value,
    )


def id_help(platform: str, kind: str) -> str:
    """Tell what a platform calls its permanent id, for the form that registers an approved account."""
    found = platform_by_code(platform)
    return (found.kind(kind) if kind else found.kinds[0]).id_name
