"""What may become of an account in a reform, and what is suggested: by its state, and by what becomes of its body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.reform.enums import ENDING, PartKind, PlanAct
from zhijian.reform.models import Plan
from zhijian.registry.enums import AccountState, FilingKind
from zhijian.registry.queries import kinds_for, place_holder

if TYPE_CHECKING:
    from zhijian.reform.models import Part
    from zhijian.registry.models import Account

# Nothing is filed to end these: the one is on its way out, the other was never registered and is let go.
LEAVING = (AccountState.CLOSING, AccountState.APPROVED)


def suggested(part: Part, account: Account) -> Plan:
    """Suggest what becomes of an account: the receiving body takes it where it has none on this platform."""
    if part.kind == PartKind.SPLIT:
        return Plan(part=part, account=account, act=PlanAct.KEEP)
    if part.kind == PartKind.RENAME:
        renamed = renamed_values(part, account) and not why_not_act(part, account, PlanAct.CHANGE)
        return Plan(part=part, account=account, act=PlanAct.CHANGE if renamed else PlanAct.KEEP)
    act = PlanAct.CHANGE if holder_then(part, account) is None else PlanAct.MERGE
    if why_not_act(part, account, act):
        act = PlanAct.CLOSE
    return Plan(part=part, account=account, act=act, target=target_of(part, account, act))


def acts_for(part: Part, account: Account) -> list[PlanAct]:
    """Return what may become of an account now, to choose from; whether it can go into another is asked when chosen."""
    return [act for act in PlanAct if not _reasons(part, account, act)]


def why_not_act(part: Part, account: Account, act: str) -> list[str]:
    """Give every reason why this cannot become of an account."""
    reasons = _reasons(part, account, act)
    if not reasons and act == PlanAct.MERGE and holder_then(part, account) is None:
        reasons.append("接收单位在这个平台没有账号，不能并入；可以变更主办单位，或者关停。")
    return reasons


def _reasons(part: Part, account: Account, act: str) -> list[str]:
    if act == PlanAct.KEEP:
        stays = part.kind not in ENDING
        return [] if stays else ["单位要停用，账号不能保留不变：变更主办单位、并入接收单位的账号，或者关停。"]
    if not needs_filing(account, act):
        leaves = act == PlanAct.CLOSE and account.state in LEAVING and part.kind in ENDING
        word = "变更" if act == PlanAct.CHANGE else PlanAct(act).label
        return [] if leaves else [f"“{account.name}”{account.get_state_display()}，不能{word}。"]
    if act == PlanAct.CHANGE and part.kind != PartKind.RENAME and part.successor is None:
        return ["没有接收单位，不能变更主办单位。"]
    return ["没有接收单位，不能并入。"] if act == PlanAct.MERGE and part.successor is None else []


def needs_filing(account: Account, act: str) -> bool:
    """Tell whether an act is carried out by a filing that the state of the account allows."""
    return act != PlanAct.KEEP and FilingKind(act) in kinds_for(account)


def target_of(part: Part, account: Account, act: str) -> Account | None:
    """Return the account another one goes into, None where the act is no merging."""
    return holder_then(part, account) if act == PlanAct.MERGE else None


def holder_then(part: Part, account: Account) -> Account | None:
    """Return the account the receiving body will have on this platform: its own, or one this reform gives it."""
    if part.successor is None:
        return None
    holder = place_holder(organisation=part.successor, platform_group=account.platform_group)
    if holder is not None:
        return None if holder.pk == account.pk else holder
    given = Plan.objects.filter(
        part__reform=part.reform, part__successor=part.successor, act=PlanAct.CHANGE,
        account__platform_group=account.platform_group,
    )  # fmt: skip
    first = given.exclude(account=account).select_related("account").order_by("pk").first()
    return first.account if first else None


def renamed_values(part: Part, account: Account) -> dict[str, str]:
    """Return what of an account the new name of its body still changes: its own name, and the verified subject."""
    changes = {}
    for old, new in ((part.old_name, part.name), (part.old_short_name, part.short_name)):
        if old and new and old in account.name and new not in account.name:
            changes["new_name"] = account.name.replace(old, new)
            break
    if account.verified_subject and account.verified_subject == part.old_name:
        changes["new_verified_subject"] = part.name
    return changes
