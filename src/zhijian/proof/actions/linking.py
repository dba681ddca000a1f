"""Does an account lead back to the register? Pages of ours and others' are read by program, the rest by a person."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.files.actions import MAX_BYTES, write_once
from zhijian.files.pictures import redraw
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Refused
from zhijian.lib.fetching import Fetcher, Gone, Guard, HostPace, Limits, NotSeen, Reached, configured_openings, polite
from zhijian.proof.enums import LinkState
from zhijian.proof.models import LinkBack
from zhijian.proof.queries.links import due_accounts, find_account, register_address
from zhijian.registry.queries import public_accounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.lib.fetching import Outcome
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account

THING_KIND: Final = "proof.link"
LOOKED_AT_ONCE: Final = 20
AGAIN_AFTER: Final = timedelta(days=7)
RETRY_AFTER: Final = timedelta(days=1)
OWN_PAGES: Final = ("website", "app")
"""Platforms whose page is written by the body itself: there a page that does not name the number does not lead back."""
LONGEST_SENTENCE: Final = 300
MOST_READ: Final = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PersonSaw:
    """What a person saw on an account's page. `picture` shows it, whenever something was seen."""

    state: str
    note: str = ""
    picture: bytes = b""


def fetcher() -> Fetcher:
    """Return the guarded fetch of this process: paced by host, and obedient to what sites ask of programs."""
    return _fetcher(configured_openings())


@cache
def _fetcher(openings: str) -> Fetcher:
    limits = Limits(size=MOST_READ, total=20.0)
    return polite(Fetcher(guard=Guard.parse(openings), limits=limits, pace=HostPace(1.0)))


def check_link_backs(*, account_ids: Sequence[int]) -> int:
    """Look at the pages of these accounts; return how many were looked at. Nothing is fetched inside a transaction."""
    rows = list(public_accounts().filter(pk__in=account_ids))
    for account in rows:
        keep_outcome(account=account, outcome=fetcher().get(account.url))
    return len(rows)


def due_link_backs() -> list[int]:
    """Return the ids of accounts whose page is to be looked at now, a bounded number."""
    return list(due_accounts(now=clock.now())[:LOOKED_AT_ONCE])


@transaction.atomic
def keep_outcome(*, account: Account, outcome: Outcome) -> LinkBack:
    """Keep what reading an account's page brought. What a person saw is not overruled by a look that saw nothing."""
    state, sentence = judge(account, outcome)
    known = LinkBack.objects.select_for_update().filter(account=account).first()
    wait = RETRY_AFTER if state == LinkState.UNSEEN else AGAIN_AFTER
    if known is not None and known.checked_by_id and state == LinkState.UNSEEN:
        known.next_at = clock.now() + AGAIN_AFTER
        known.save(update_fields=["next_at"])
        return known
    return _keep(account, state, sentence, wait=wait, address=outcome.url[:500])


def judge(account: Account, outcome: Outcome) -> tuple[LinkState, str]:
    """Return the state and a sentence about it.

    A page of a platform is put together in the browser: that a program does not find the number there tells nothing.
    """
    if isinstance(outcome, NotSeen | Gone):
        return LinkState.UNSEEN, outcome.sentence
    if not outcome.is_page:
        return LinkState.UNSEEN, f"对方网站回答 {outcome.status}，这次没看成。"
    if leads_back(account, outcome):
        return LinkState.LINKS, "页面上写着登记号，或链到了登记页。"
    if account.platform in OWN_PAGES:
        return LinkState.ABSENT, "页面上没有登记号，也没有链到登记页。"
    return LinkState.UNSEEN, "平台的页面程序看不全，没有看到登记号。请人工打开看一看。"


def leads_back(account: Account, page: Reached) -> bool:
    """Tell whether a page names the account's register number, in its words or in a link."""
    text = (
        page.body.decode(page.charset or "utf-8", "replace") if _is_known(page.charset) else page.body.decode("latin-1")
    )
    return re.search(rf"(?<![A-Z0-9]){account.number}(?![0-9])", text) is not None


def _is_known(charset: str) -> bool:
    try:
        codecs.lookup(charset)
    except LookupError:
        return False
    return True


def _keep(
    account: Account, state: LinkState, sentence: str, *, wait: timedelta, address: str = "", by: User | None = None,
    evidence: tuple[str, str] = ("", ""),
) -> LinkBack:  # fmt: skip
    values = {
        "organisation_id": account.organisation_id, "state": state, "checked_at": clock.now(),
        "next_at": clock.now() + wait if account.url else None, "address": address,
        "sentence": sentence[:LONGEST_SENTENCE], "checked_by": by, "evidence": evidence[0],
        "evidence_type": evidence[1],
    }  # fmt: skip
    row, _ = LinkBack.objects.update_or_create(account=account, defaults=values)
    return row


def why_not_record(*, actor: User, account: Account, saw: PersonSaw) -> list[str]:
    """Give every reason why what a person saw cannot be kept."""
    seen = saw.state in {LinkState.LINKS, LinkState.ABSENT}
    checks = [
        (saw.state not in LinkState.values, "请选择看到了什么。"),
        (seen and not saw.picture, "请附一张截图：写明了或没有写明，都要看得出来。"),
        (saw.state == LinkState.UNSEEN and not saw.note.strip(), "请说明为什么没看成。"),
        (len(saw.picture) > MAX_BYTES, "截图超过 10 MB。请压缩后再上传。"),
    ]
    reasons = why_not(Permission.LINK_RECORD, actor=actor, thing=account)
    return reasons + [sentence for broken, sentence in checks if broken]


@transaction.atomic
def record_link(*, actor: User, account_id: int, saw: PersonSaw) -> LinkBack:
    """Keep what a person saw of an account's introduction. Raises Refused, Missing."""
    account = find_account(actor=actor, account_id=account_id)
    require(Permission.LINK_RECORD, actor=actor, thing=account)
    reasons = why_not_record(actor=actor, account=account, saw=saw)
    if reasons:
        raise Refused(reasons)
    evidence = _keep_picture(saw.picture) if saw.picture else ("", "")
    row = _keep(
        account, LinkState(saw.state), saw.note.strip(), wait=AGAIN_AFTER, by=actor, evidence=evidence
    )  # fmt: skip
    record(
        EventName.LINK_RECORDED, actor=actor, organisation_id=account.organisation_id, thing_kind=THING_KIND,
        thing_id=account.pk, data={"state": str(row.state), "evidence": row.evidence},
    )  # fmt: skip
    return row


def _keep_picture(data: bytes) -> tuple[str, str]:
    picture = redraw(data)
    sha256 = sha256_hex(picture.data)
    write_once(sha256, picture.data)
    return sha256, picture.media_type


def ready_words(account: Account) -> dict[str, str]:
    """Return the words to put into an account's introduction and the snippet for a page of one's own."""
    address = register_address(account.number)
    picture = f"{settings.ZHIJIAN_BASE_URL}/register/{account.number}/badge.svg"
    return {
        "bio": f"登记号 {account.number}，查验：{address}",
        "snippet": (
            f'<a href="{address}"><img src="{picture}" alt="官方账号，登记号 {account.number}，点击查验"'
            ' width="232" height="56"></a>'
        ),
    }
