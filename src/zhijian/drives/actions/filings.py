"""The filing a body's yes opens, filled in from the drive: one entry, many uses. The body checks and sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zhijian.drives.enums import Act
from zhijian.lib.errors import Refused
from zhijian.registry.actions import create_filing
from zhijian.registry.enums import LIVE_STATES, OPEN_FILING_STATES, AccountState, FilingKind
from zhijian.registry.queries import kind_info, kinds_for, spoken, visible_filings

if TYPE_CHECKING:
    from zhijian.drives.models import Target
    from zhijian.organisations.models import User
    from zhijian.registry.models import Filing

REST = "内容存档；粉丝引到{where}；私信和留言里的个人信息按规定删除。"
# Nothing goes to review while the notice still holds it: the body writes where its followers go, or strikes it out.
BLANK = "（账号名称）"


def kind_of(target: Target) -> FilingKind:
    """Return the kind of filing that carries a target out; an account that is closing already is deregistered."""
    return FilingKind.DEREGISTER if target.account.state == AccountState.CLOSING else FilingKind(target.act)


def filing_word(target: Target) -> str:
    """Return the word for the filing a yes opens, for a sentence; empty where nothing is filed."""
    return "" if target.act == Act.KEEP else str(kind_of(target).label)


def open_filing_of(actor: User, target: Target) -> Filing | None:
    """Return the open filing of the account, whatever it is for; an account has one at most."""
    rows = visible_filings(actor=actor).filter(account=target.account_id, state__in=OPEN_FILING_STATES)
    return rows.first()


def why_not_file(*, actor: User, target: Target) -> list[str]:
    """Give every reason why the filing of a target cannot be opened now."""
    account = target.account
    if account.state not in LIVE_STATES:
        return [f"“{account.name}”{account.get_state_display()}，不用再办。"]
    kind, opened = kind_of(target), open_filing_of(actor, target)
    if opened is not None:
        if opened.kind == kind:
            return []
        return [f"这个账号有一份没办完的“{opened.get_kind_display()}”备案。请先办完或撤回那一份。"]
    if kind not in kinds_for(account):
        return [f"“{account.name}”{account.get_state_display()}，现在不能{kind_info(kind).act}。"]
    return []


def open_filing(*, actor: User, target: Target) -> Filing:
    """Open the filing of a target as a draft, or return the one that is open already. Raises Refused, Missing."""
    reasons = why_not_file(actor=actor, target=target)
    if reasons:
        raise Refused(reasons)
    opened = open_filing_of(actor, target)
    if opened is not None:
        return opened
    kind = kind_of(target)
    return create_filing(actor=actor, kind=kind, form=_form(target, kind), account_id=target.account_id)


def _form(target: Target, kind: FilingKind) -> dict[str, Any]:
    account, drive = target.account, target.drive
    body, shown = target.organisation.name, spoken(account)
    grounds = f"按照{drive.basis}，列入“{drive.title}”。"
    if kind == FilingKind.EXEMPTION:
        return {"platform": account.platform, "kind": account.kind, "grounds": "", "until": ""}
    if kind == FilingKind.DEREGISTER:
        text = f"{body}的{shown}已在平台注销。注销后仍使用这个名称的账号不是官方账号。\n特此公告。\n{body}"
        return {"notice_title": f"关于{shown}注销的公告", "notice_text": text}
    merged = target.act == Act.MERGE and target.into is not None
    where = f"“{target.into.name}”" if merged and target.into else BLANK
    rest = REST.format(where=where if merged else "公告里写的去处")
    act = f"并入{where}" if merged else "关停"
    text = (
        f"按照{drive.basis}，{body}的{shown}{act}，公告期满后注销。"
        f"今后请关注{where}。注销后仍使用这个名称的账号不是官方账号。\n特此公告。\n{body}"
    )
    return {
        "grounds": grounds, "followers_plan": rest, "target": target.into_id or "",
        "redirect": "", "notice_title": f"关于{shown}{'合并' if merged else '关停'}的公告", "notice_text": text,
    }  # fmt: skip
