"""Is this account official? The question every citizen may ask, answered from the register alone."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q
from django.utils import timezone
from rapidfuzz import fuzz

from zhijian.organisations.actions import pinyin_key
from zhijian.policy.queries import platform_of_url
from zhijian.registry.enums import PUBLIC_STATES, AccountState
from zhijian.registry.models import Account, PastName
from zhijian.registry.queries.ruling import platform_label
from zhijian.registry.queries.searching import address_key, folded, initials_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

LONGEST = 500
MOST_MATCHES = 20
MOST_NEAR = 5
NEAR_ENOUGH = 55.0
SHORTEST_ID = 4
SHORTEST_PART = 2
_NUMBER = re.compile(r"ZX\d{9}", re.IGNORECASE)
_LINK = re.compile(r"https?://|^[a-z0-9-]+(\.[a-z0-9-]+)+(/|$)", re.IGNORECASE)
# Addresses of single pieces, and short ones, that do not say which account they belong to.
_PIECE = re.compile(
    r"^mp\.weixin\.qq\.com/s(/|\?|$)|^(m\.)?weibo\.(com|cn)/(detail|status|ttarticle|tv)/|^t\.cn/|^b23\.tv/|^xhslink\.com/"
    r"|^(v\.|www\.)?douyin\.com/(video|note|[\w-]{6,}/?$)|^(v|www)\.(kuaishou|chenzhongtech)\.com/(short-video|fw|[\w-]{6,}$)"
    r"|^(www\.)?bilibili\.com/(video|read|opus)/|^(www\.)?xiaohongshu\.com/(explore|discovery)/"
    r"|^(www\.|m\.)?toutiao\.com/(article|video|a\d|i\d|w)|^baijiahao\.baidu\.com/s|^channels\.weixin\.qq\.com/",
    re.IGNORECASE,
)
# What WeChat's own codes hold: an address that names neither account nor piece.
_WECHAT_CODE = re.compile(r"^(weixin\.qq\.com/[rgx]/|u\.wechat\.com/|work\.weixin\.qq\.com/)|^wxp:", re.IGNORECASE)
_SCAN_INSTEAD = "这是微信的二维码，里面没有账号名称。请用微信扫开它，复制账号名称再查；要付款的，先不要付。"
# The address of an account in the register itself, as its code holds it.
_REGISTER_PAGE = re.compile(r"/directory/(ZX\d{9})(?:/|$)", re.IGNORECASE)
_PASTE_INSTEAD = "这是一篇内容的链接，看不出是哪个账号发的。请打开它，点进发布者的主页，复制主页链接或账号名称再查。"
# The sender's name as forwarded messages carry it.
_NAMED = re.compile(r"(?:^|[【“「《@])([^【】“”「」《》@\s]{2,40})[】”」》\s]")
# Dropped from both ends of a pasted name: people copy the marks around it.
_MARKS = "“”\"'‘’《》【】[]@＠ 　"
KNOWN_STATES = (*PUBLIC_STATES, AccountState.DEREGISTERED)


class Verdict(StrEnum):
    OFFICIAL = "official"
    FORMER = "former"
    NOT_REGISTERED = "not_registered"
    CANNOT_TELL = "cannot_tell"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Verdict.OFFICIAL: "官方账号",
    Verdict.FORMER: "曾是官方账号",
    Verdict.NOT_REGISTERED: "没有登记",
    Verdict.CANNOT_TELL: "看不出是哪个账号",
}


@dataclass(frozen=True, slots=True)
class PublicAccount:
    """What the public sees of an account; times are ISO dates. `note` is a sentence about this match.

    `until` is the day an account that is no longer official was deregistered, "" where that is not known.
    """

    number: str
    name: str
    platform: str
    platform_name: str
    body: str
    state: str
    state_name: str
    url: str
    handle: str
    verified_subject: str
    opened_on: str
    is_main: bool
    note: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """The answer: a verdict, the accounts it rests on, and other registered accounts with near names."""

    asked: str
    verdict: Verdict
    sentence: str
    matches: tuple[PublicAccount, ...] = ()
    near: tuple[PublicAccount, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": str(self.verdict)}


def public_account(account: Account, note: str = "") -> PublicAccount:
    """Return the public shape of an account (its organisation loaded)."""
    return PublicAccount(
        number=account.number,
        name=account.name,
        platform=account.platform,
        platform_name=platform_label(account.platform, account.kind),
        body=account.organisation.name,
        state=account.state,
        state_name=account.get_state_display(),
        url=account.url,
        handle=account.handle,
        verified_subject=account.verified_subject,
        opened_on=account.opened_on.isoformat() if account.opened_on else "",
        is_main=account.is_main,
        note=note,
        until=account.closed_on.isoformat() if account.closed_on and account.state not in PUBLIC_STATES else "",
    )


def known_account(number: str) -> Account | None:
    """Return the account of a register number that is official, or was once, with its body; None for any other."""
    return _known().filter(number=number).first()


def past_names(account: Account) -> list[tuple[str, str]]:
    """Return the names an account bore before and the day of each until when (ISO), the latest first."""
    rows = account.past_names.order_by("-until")
    return [(past.name, timezone.localdate(past.until).isoformat()) for past in rows]


def public_lookup(text: str) -> Lookup:
    """Tell whether what a citizen pasted names an official account.

    Takes a link (in any text around it), a name, a handle, the platform's id, a register number, or a past name.
    Never raises; nothing recognised is "not registered", with near names to compare.
    """
    asked = "".join(letter for letter in text if letter.isprintable()).strip()[:LONGEST].strip(_MARKS)
    if not folded(asked):
        return Lookup("", Verdict.NOT_REGISTERED, "请粘贴账号的链接，或输入账号名称。")
    current = list(_current(asked)[:MOST_MATCHES])
    official = [account for account in current if account.state in PUBLIC_STATES]
    if official:
        return Lookup(asked, Verdict.OFFICIAL, _official(official), _shown(official))
    former = [public_account(account, _closed(account)) for account in current]
    former += [public_account(past.account, _renamed(past)) for past in _past(asked)[:MOST_MATCHES]]
    if former:
        return Lookup(asked, Verdict.FORMER, "这个账号曾经登记，现在不是在用的官方账号。", tuple(former))
    return _names_no_account(asked) or _near_ones(asked)


def _names_no_account(asked: str) -> Lookup | None:
    """Say what to do instead where an address names a piece, or only WeChat knows what it leads to."""
    link = _without_scheme(_first_link(asked))
    if _WECHAT_CODE.match(link):
        return Lookup(asked, Verdict.CANNOT_TELL, _SCAN_INSTEAD)
    if _LINK.search(asked) and _PIECE.match(link):
        return Lookup(asked, Verdict.CANNOT_TELL, _PASTE_INSTEAD)
    return None


def _near_ones(asked: str) -> Lookup:
    own = list(_of_body(asked)[:MOST_MATCHES])
    if own:
        sentence = f"“{asked}”是单位名称，没有叫这个名字的官方账号。这个单位登记的账号见下，请逐字对照。"
        return Lookup(asked, Verdict.CANNOT_TELL, sentence, near=_shown(own))
    sentence = "登记册里没有这个账号。它不一定是假的，但请不要凭它办事、转账或填写个人信息。"
    return Lookup(asked, Verdict.NOT_REGISTERED, sentence, near=_shown(_near(asked)))


def _of_body(asked: str) -> QuerySet[Account]:
    """Return the accounts of the body of this very name, full or short."""
    body = Q(organisation__name=asked) | Q(organisation__short_name=asked)
    rows = Account.objects.filter(body, state__in=PUBLIC_STATES).select_related("organisation")
    return rows.order_by("sort_key", "pk")


def _shown(accounts: Iterable[Account]) -> tuple[PublicAccount, ...]:
    return tuple(public_account(account) for account in accounts)


def _official(accounts: Sequence[Account]) -> str:
    if len(accounts) == 1:
        account = accounts[0]
        label = platform_label(account.platform, account.kind)
        return f"这是{account.organisation.name}在{label}的官方账号。"
    return f"有 {len(accounts)} 个同名的官方账号。请对照平台和主办单位。"


def _closed(account: Account) -> str:
    day = f"，注销于 {account.closed_on.isoformat()}" if account.closed_on else ""
    return f"账号已注销{day}。现在还用这个名字的账号不是官方账号。"


def _renamed(past: PastName) -> str:
    if past.account.state == AccountState.DEREGISTERED:
        return _closed(past.account)
    return f"“{past.name}”用到 {past.until.date().isoformat()}，现名“{past.account.name}”。"


def _known() -> QuerySet[Account]:
    return Account.objects.filter(state__in=KNOWN_STATES).select_related("organisation").order_by("sort_key", "pk")


def _current(asked: str) -> QuerySet[Account]:
    if _LINK.search(asked):
        return _by_own_page(asked) or _by_link(_first_link(asked))
    if match := _NUMBER.fullmatch(folded(asked)):
        return _known().filter(number=match[0].upper())
    names = {asked, "".join(asked.split()), _half_width(asked)}
    ids = {word for word in names if word.isascii() and len(word) >= SHORTEST_ID}
    by_name = Q(name__in=names)
    return _known().filter(by_name | Q(handle__in=ids) | Q(platform_uid__in=ids) if ids else by_name)


def _by_own_page(asked: str) -> QuerySet[Account] | None:
    """Match an address of this very register. Another site that copies the number in its address says nothing."""
    link, own = _first_link(asked), urlsplit(settings.ZHIJIAN_BASE_URL)
    try:
        parts = urlsplit(link if "//" in link else f"//{link}")
    except ValueError:
        return None
    match = _REGISTER_PAGE.match(parts.path)
    return _known().filter(number=match[1].upper()) if match and parts.netloc == own.netloc else None


def _half_width(text: str) -> str:
    wide = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    return "".join(text.translate(wide).split())


def _first_link(text: str) -> str:
    match = re.search(r"(?:https?://)?[A-Za-z0-9.-]+\.[A-Za-z]{2,}[^\s，。；、）)”]*", text)
    return match[0] if match else text


def _by_link(link: str) -> QuerySet[Account]:
    """Match an address by itself, by an id of its platform inside it, or, of a body's own site, by its host."""
    key = address_key(link)
    if not key:
        return Account.objects.none()
    condition = Q(url_key=key)
    platform = platform_of_url(link)
    if platform is not None:
        ids = _ids_inside(link)
        condition |= Q(platform=platform.code) & (Q(platform_uid__in=ids) | Q(handle__in=ids))
    else:
        host = key.split("/")[0].split("?")[0]
        condition |= Q(platform__in=["website", "app"]) & (Q(url_key=host) | Q(url_key__startswith=f"{host}/"))
    return _known().filter(condition)


def _without_scheme(link: str) -> str:
    return re.sub(r"^https?://", "", link, flags=re.IGNORECASE)


def _ids_inside(link: str) -> list[str]:
    parts = urlsplit(link if "//" in link else f"//{link}")
    words = [*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))]
    return [word.lstrip("@") for word in words if len(word) >= SHORTEST_ID]


def _past(asked: str) -> QuerySet[PastName]:
    names = {asked, _half_width(asked)}
    rows = PastName.objects.filter(name__in=names, account__state__in=KNOWN_STATES)
    return rows.select_related("account__organisation").order_by("-until")


def _near(asked: str) -> list[Account]:
    """Return registered accounts a forwarded text names, then those that look, sound or begin like the name."""
    named = [part for part in _NAMED.findall(asked) if part]
    rows = Account.objects.filter(state__in=PUBLIC_STATES).select_related("organisation")
    told = list(rows.filter(name__in=named).order_by("pk")[:MOST_NEAR]) if named else []
    return told or _alike(asked) or _containing(asked)


def _containing(asked: str) -> list[Account]:
    """Return accounts whose name holds what was asked."""
    name = _half_width(asked)
    if len(name) < SHORTEST_PART:
        return []
    rows = Account.objects.filter(state__in=PUBLIC_STATES, name__contains=name).select_related("organisation")
    return list(rows.order_by("sort_key", "pk")[:MOST_NEAR])


def _alike(asked: str) -> list[Account]:
    name = _half_width(asked)
    key = pinyin_key(name)
    rows = Account.objects.filter(state__in=PUBLIC_STATES).select_related("organisation")
    looking = rows.filter(name__trigram_similar=name).annotate(near=TrigramSimilarity("name", name)).order_by("-near")
    sounding = rows.filter(initials=initials_of(key, name)) if len(name) > 1 else rows.none()
    found = {account.pk: account for account in (*looking[:50], *sounding[:50])}
    rated = [(_likeness(name, key, account), account) for account in found.values()]
    rated.sort(key=lambda pair: (-pair[0], pair[1].pk))
    return [account for rating, account in rated if rating >= NEAR_ENOUGH][:MOST_NEAR]


def _likeness(name: str, key: str, account: Account) -> float:
    return max(fuzz.ratio(name, account.name), fuzz.ratio(key, account.sort_key))
