"""The rules of having an account: who may, under which name, and whether the one place is free."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zhijian.organisations.enums import BodyKind
from zhijian.organisations.queries import ancestors
from zhijian.policy.queries import name_problems, platform_by_code
from zhijian.registry.queries.accounts import live_accounts_of, place_holder
from zhijian.registry.queries.exemptions import exemption_for
from zhijian.registry.queries.must_have import is_low_body
from zhijian.registry.queries.ruling import platform_label, policy_of

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation
    from zhijian.policy.queries import Policy, Resolved
    from zhijian.registry.models import Filing

_AREA = re.compile(r"^(.{2,}?)(?:人民政府|政府)")
_SPECIAL = re.compile(r"专班|专项|攻坚|创城|创文|指挥部|领导小组|工作组")


def body_reasons(organisation: Organisation, policy: Policy) -> list[str]:
    """Tell why this kind of body may not open accounts: internal bodies, county departments and towns by local rule."""
    reasons = []
    internal = policy.find("account.internal_body_new", level=organisation.level)
    if organisation.kind == BodyKind.INTERNAL and internal is not None and internal.value == "forbidden":
        reasons.append(f"内设机构不再新开账号，请由所属单位开设。{source_of(internal)}")
    county = policy.find("account.county_departments_may_open", level=organisation.level)
    if is_low_body(organisation) and county is not None and county.value == "no":
        reasons.append(f"县级部门、乡镇不自行开设账号，请在上级单位的账号上发布。{source_of(county)}")
    return reasons


def source_of(rule: Resolved) -> str:
    """Name the document of a rule, as the end of a sentence."""
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
        reasons.append(f"名称里的“{found[0]}”是专项工作，不以专项工作名义开设账号。{source_of(special)}")
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


def place_reasons(filing: Filing, *, body: Organisation | None = None, group: str = "") -> list[str]:
    """Tell that a body's one place on this platform is taken, by which account and by which rule.

    `body` and `group` default to those of the filing. An exemption in force for this account, or one that waits for an
    account to be opened, lets a further one stand.
    """
    body, group = body or filing.organisation, group or filing.platform_group
    holder = place_holder(organisation=body, platform_group=group)
    if holder is None or holder.pk == filing.account_id or exemption_for(body, group, filing.account_id):
        return []
    rule = policy_of(body).find("account.one_per_platform", level=body.level, body_kind=body.kind)
    if rule is not None and not rule.value:
        return []
    label = platform_label(holder.platform, holder.kind)
    source = source_of(rule) if rule else ""
    taken = f"{body.short_name}在{label}已有账号“{holder.name}”（{holder.get_state_display()}，{holder.number}）。"
    return [f"{taken}一个单位在同一平台只开一个，请用好现有账号，或先注销它；确需多开的，先申请多开例外。{source}"]


def id_help(platform: str, kind: str) -> str:
    """Tell what a platform calls its permanent id, for the form that registers an approved account."""
    found = platform_by_code(platform)
    return (found.kind(kind) if kind else found.kinds[0]).id_name
