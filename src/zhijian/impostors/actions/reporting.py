"""How a case begins: a citizen or somebody of ours tells of an account; the second report joins the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.utils.crypto import salted_hmac

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.impostors.actions.evidence import NO_PROOF, Proof, keep_citizens_picture, keep_evidence, proof_problems
from zhijian.impostors.actions.moving import THING_KIND, lock, make_move, note_change, write_entry
from zhijian.impostors.actions.telling import tell_of_report
from zhijian.impostors.enums import CaseState, EntryKind, Move, Origin
from zhijian.impostors.models import Case, Report
from zhijian.impostors.queries.cases import account_at, known_case, live_accounts
from zhijian.impostors.queries.comparing import lookalikes, owner_of
from zhijian.lib import clock
from zhijian.lib.errors import Refused
from zhijian.organisations.models import Organisation
from zhijian.registry.queries import platforms
from zhijian.registry.queries.searching import address_key
from zhijian.screening.lookalikes import plain

if TYPE_CHECKING:
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account
    from zhijian.screening.lookalikes import Alike

HOUR: Final = 3_600
REPORTS_PER_ADDRESS_HOUR: Final = 10
LONGEST_NAME, LONGEST_URL, LONGEST_UID, LONGEST_TEXT = 80, 500, 128, 2_000
TOO_OFTEN: Final = "这个网络这一小时已经举报了很多次。请过一小时再来，写的内容可以先存下来。"


class TooOften(Refused):
    """Somebody reports more than a person would."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """An account somebody tells of. `platform` is a code of the platform table or empty; `text` says what happened."""

    name: str
    platform: str = ""
    url: str = ""
    platform_uid: str = ""
    text: str = ""


def suspect_problems(suspect: Suspect) -> list[str]:
    """Give what is wrong with the description of an account."""
    codes = {platform.code for platform in platforms()}
    checks = [
        (not plain(suspect.name), "请写可疑账号的名称，照它自己写的样子。"),
        (len(suspect.name) > LONGEST_NAME, f"名称最多 {LONGEST_NAME} 个字。"),
        (bool(suspect.platform) and suspect.platform not in codes, "没有这个平台，请重新选。"),
        (len(suspect.url) > LONGEST_URL, f"链接最多 {LONGEST_URL} 个字符。"),
        (bool(suspect.url) and not address_key(suspect.url), "链接读不出来，请从账号主页复制整条链接；没有就不填。"),
        (len(suspect.platform_uid) > LONGEST_UID, f"账号标识最多 {LONGEST_UID} 个字符。"),
        (len(suspect.text) > LONGEST_TEXT, f"情况最多写 {LONGEST_TEXT:,} 个字。"),
    ]
    problems = [sentence for broken, sentence in checks if broken]
    return problems or official_problems(suspect)


def official_problems(told: Suspect | Case) -> list[str]:
    """Give the reason why an account is no impostor: its address, or its id, is a registered account's."""
    account = account_at(platform=told.platform, url=told.url, platform_uid=told.platform_uid)
    if account is not None:
        return [f"这是登记过的官方账号“{account.name}”（登记号 {account.number}），不是仿冒。请核对链接和账号标识。"]
    if told.url.strip() or told.platform_uid.strip() or not isinstance(told, Case):
        return []
    same = live_accounts().filter(platform=told.platform, name=told.name.strip()).first()
    return [f"平台和名称与官方账号（登记号 {same.number}）完全相同。请先补全它的链接或账号标识。"] if same else []


def too_often(address: str) -> list[str]:
    """Give the reason why a network address may not report now."""
    return [TOO_OFTEN] if int(cache.get(_address_key(address), 0)) >= REPORTS_PER_ADDRESS_HOUR else []


def _address_key(address: str) -> str:
    hour = f"{clock.now().astimezone(clock.BEIJING):%Y-%m-%d %H}"
    return f"impostors.reports.{salted_hmac('zhijian.impostors', f'{hour} {address}', algorithm='sha256').hexdigest()}"


@transaction.atomic
def report_by_citizen(*, suspect: Suspect, proof: Proof = NO_PROOF, address: str = "") -> Case:
    """Take a citizen's report: nothing of the citizen is kept but the words and the redrawn picture.

    The address is counted as a keyed digest for an hour. Raises Refused, TooOften.
    """
    problems = [*suspect_problems(suspect), *proof_problems(proof, needed=False)]
    if problems:
        raise Refused(problems)
    if too_often(address):
        raise TooOften(TOO_OFTEN)
    case = _reported(suspect, actor=None, body=None)
    if proof.data:
        keep_citizens_picture(case, proof)
    key = _address_key(address)
    cache.set(key, int(cache.get(key, 0)) + 1, HOUR)
    return case


@transaction.atomic
def open_case(
    *, actor: User, suspect: Suspect, proof: Proof = NO_PROOF, organisation: Organisation | None = None
) -> Case:
    """Tell of an account as somebody of ours; `organisation` is the imitated body when the name does not say.

    Raises Refused.
    """
    require(Permission.IMPOSTOR_REPORT, actor=actor, thing=organisation)
    problems = [*suspect_problems(suspect), *proof_problems(proof, needed=False)]
    if problems:
        raise Refused(problems)
    case = _reported(suspect, actor=actor, body=organisation or actor.organisation)
    if proof.data:
        keep_evidence(case, proof.data, proof.media_type, actor=actor, note="立案时的截图")
    return case


def _reported(suspect: Suspect, *, actor: User | None, body: Organisation | None) -> Case:
    """Return the case of this account with one more report: the known one, or a new one."""
    known = known_case(name=suspect.name, platform=suspect.platform, url=suspect.url)
    case = lock(known.pk) if known else _new_case(suspect, actor=actor, body=body)
    Report.objects.create(case=case, at=clock.now(), by=actor, text=suspect.text.strip())
    if known:
        write_entry(case, EntryKind.REPORTED, actor=actor)
        if case.state == CaseState.REMOVED:
            make_move(case, Move.RETURN, actor=actor, returned=case.returned + 1, ended_at=None, remedy="", due_at=None)
        else:
            note_change(case)
    record(
        EventName.IMPOSTOR_REPORTED, actor=actor, organisation_id=case.organisation_id, thing_kind=THING_KIND,
        thing_id=case.pk, data={"case": case.number},
    )  # fmt: skip
    tell_of_report(case, actor=actor)
    return case


def _new_case(suspect: Suspect, *, actor: User | None, body: Organisation | None) -> Case:
    account = owner_of(lookalikes().alike(suspect.name))
    likeness, tricks = likeness_of(suspect.name, account)
    now = clock.now()
    try:
        case = Case.objects.create(
            number=_next_number(), organisation=_imitated(account, body), account=account,
            name=suspect.name.strip(), name_key=plain(suspect.name)[:LONGEST_NAME], platform=suspect.platform,
            url=suspect.url.strip(), url_key=address_key(suspect.url), platform_uid=suspect.platform_uid.strip(),
            likeness=likeness, tricks=tricks,
            origin=Origin.STAFF if actor else Origin.CITIZEN, opened_by=actor, opened_at=now, changed_at=now,
        )  # fmt: skip
    except IntegrityError as error:
        raise Refused("刚有人报过同一个账号。请再提交一次，会并到那个案件里。") from error
    write_entry(case, EntryKind.OPENED if actor else EntryKind.REPORTED, actor=actor)
    if actor:
        record(
            EventName.IMPOSTOR_OPENED, actor=actor, organisation_id=case.organisation_id, thing_kind=THING_KIND,
            thing_id=case.pk, data={"case": case.number},
        )  # fmt: skip
    return case


def _imitated(account: Account | None, body: Organisation | None) -> Organisation:
    """Return the body a case belongs to: the real account's, the one that was named, or the topmost one."""
    if account is not None:
        return account.organisation
    top = body or Organisation.objects.filter(parent=None, is_active=True).order_by("path").first()
    if top is None:
        raise Refused("这里还没有单位，举报没有人收。")
    return top


def likeness_of(name: str, account: Account | None) -> tuple[list[dict[str, object]], list[str]]:
    """Return what the comparison tells of a name, and the tricks on the imitated account's: its likeness stands first.

    With an account the name is not like, there is no trick: what makes people take it for that one is not its name.
    """
    alike = sorted(lookalikes().alike(name), key=lambda one: account is None or one.official != account.name)
    tricked = alike[:1] if account is None else [one for one in alike if one.official == account.name]
    return [_kept(one) for one in alike], [str(reason.trick) for one in tricked for reason in one.reasons]


def _kept(alike: Alike) -> dict[str, object]:
    return {
        "official": alike.official,
        "score": round(alike.score, 3),
        "reasons": [str(reason) for reason in alike.reasons],
    }


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('impostors_case_number')")
        (number,) = cursor.fetchone()
    return f"仿冒〔{clock.today():%Y}〕{number}号"
