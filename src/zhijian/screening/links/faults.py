"""The kinds of faults an address can have. Each is one function of the address; the rules say how bad it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from zhijian.screening.links.hosts import belongs, glyphs, group, imitates, is_trusted, own_name

if TYPE_CHECKING:
    from zhijian.screening.links.addresses import Address
    from zhijian.screening.links.policy import LinkPolicy

_WEB: Final = frozenset({"", "http", "https"})
_SCRIPT: Final = frozenset({"javascript", "vbscript", "data"})
_PLAIN_SCHEMES: Final = frozenset({"tel", "mailto", "ftp", "file", "wxp"})
_PROGRAM: Final = re.compile(r"\.(?:apk|exe|msi|ipa|dmg|bat|cmd|scr|vbs|jar|xapk|hap|com|ps1)\Z", re.IGNORECASE)
_GOV_LIKE: Final = re.compile(r"(?:\A|[-_])gov[-_]?(?:cn|china)?(?:\Z|[-_])|govcn|gov-?china|chinagov|cngov")
_ODD_NUMBER: Final = re.compile(
    r"(?:0x[0-9a-f]{1,8}|[0-9]{7,11})\Z|(?:0[0-9]{1,3}|0x[0-9a-f]{1,4})(?:\.(?:0x)?[0-9a-f]{1,4}){3}\Z"
)
_INSIDE: Final = re.compile(r"(?:\A|\.)(?:localhost|local|lan|internal|intranet|corp|home)\Z")
_TRIAL: Final = re.compile(
    r"(?:\A|[.\-])(?:test|uat|dev|staging|demo|beta)(?:[0-9]{0,3})(?=[.\-])|(?:\A|\.)example\.(?:com|net|org|cn)\Z"
)
_BACK_OFFICE: Final = re.compile(
    r"/(?:admin|administrator|manage|manager|houtai|wp-admin|wp-login|phpmyadmin|backend|console|dede|cms/login|"
    r"admin_login|druid|actuator|swagger-ui)(?:[/.?]|\Z)", re.IGNORECASE,
)  # fmt: skip
_SECRETS: Final = frozenset(
    {
        "token", "access_token", "accesstoken", "sid", "sessionid", "jsessionid", "phpsessid", "session", "ticket",
        "openid", "unionid", "password", "pwd", "passwd", "secret", "appsecret", "api_key", "apikey",
        "auth", "authorization",
    }
)  # fmt: skip
_PRIVATE: Final = frozenset(
    {"idcard", "id_card", "sfz", "sfzh", "mobile", "phone", "tel", "shouji", "idno", "cardno", "username", "realname"}
)
_TRACKERS: Final = re.compile(
    r"utm_\w{1,20}|spm|scm|gclid|fbclid|share_\w{1,20}|from_source|bd_vid|tracker|trackid|ref_src|_hm\w{0,10}|invite(?:_?code)?|"
    r"inviter|promoter|agent_?id|aff(?:_?id)?|pid|rcode|referral", re.IGNORECASE,
)  # fmt: skip
_PROMOTER: Final = re.compile(
    r"invite(?:_?code)?|inviter|promoter|agent_?id|aff(?:_?id)?|rcode|referral|tuiguang", re.IGNORECASE
)
_LONG_QUERY: Final = 400
_MANY_TRACKERS: Final = 3
_LONG_NUMBER: Final = 4
_DEEP: Final = 6
_RANDOM: Final = re.compile(r"(?=[a-z]*[0-9])(?=[0-9]*[a-z])(?:[a-z]{0,4}[0-9]{1,4}){3,8}[a-z]{0,4}\Z")
Fault = Callable[["Address", "LinkPolicy"], str | None]
"""Returns a note for `{note}` of the message when the address has the fault, else None."""


def _gov_in_front(address: Address, _policy: LinkPolicy) -> str | None:
    host = address.host
    inside = "gov.cn." in f"{host}."[:-1] or ".gov.cn-" in host
    return host if inside and not host.endswith(".gov.cn") and host != "gov.cn" else None


def _gov_hyphen(address: Address, _policy: LinkPolicy) -> str | None:
    labels = address.host.split(".")
    if address.host.endswith(".gov.cn") or len(labels) < 2:  # noqa: PLR2004 - a name and a suffix
        return None
    name = own_name(address.host)
    return address.host if _GOV_LIKE.search(name) and name != "gov" else None


def _gov_suffix(address: Address, _policy: LinkPolicy) -> str | None:
    labels = address.host.split(".")
    elsewhere = labels[-2:][0] == "gov" and labels[-1] not in {"gov", "cn"}
    bare = len(labels) > 2 and labels[-2:] == ["com", "cn"] and labels[-3] == "gov"  # noqa: PLR2004 - counted labels
    # gov.uk and gov.sg are other governments; nobody governs under the suffixes that are sold to everybody.
    foreign = labels[-2:][0] == "gov" and len(labels[-1]) == 2 and labels[-1] not in group("cheap_suffixes")  # noqa: PLR2004 - counted labels
    return address.host if bare or (elsewhere and not foreign) else None


def _look_alike(address: Address, policy: LinkPolicy) -> str | None:
    if is_trusted(address.host) or policy.approves(address.host) or not address.host.isascii():
        return None
    return imitates(address.host, policy.approved) or None


def _gov_glyphs(address: Address, _policy: LinkPolicy) -> str | None:
    """g0v.cn, qov.cn, gov.con: the government's own suffix miswritten."""
    labels = address.host.split(".")
    if len(labels) < 2 or address.host.endswith(".gov.cn"):  # noqa: PLR2004 - counted labels
        return None
    tail = ".".join(labels[-2:])
    name = own_name(address.host)
    wrong = (name != "gov" and glyphs(name.replace("q", "g")) == "gov") or tail in {"gov.con", "gov.cnn", "gov.chn"}
    return tail if wrong else None


def _odd_letters(address: Address, _policy: LinkPolicy) -> str | None:
    seen = {_script(sign) for sign in address.host if sign.isalpha()}
    # Latin beside Chinese is usual in names; Latin beside Greek or Cyrillic is a trick.
    return address.host if len(seen) > 1 and seen & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "ACCENTED"} else None


def _script(sign: str) -> str:
    name = unicodedata.name(sign, "")
    if name.startswith("LATIN") and not sign.isascii():
        return "ACCENTED"
    return name.split(" ")[0]


def _full_width(address: Address, _policy: LinkPolicy) -> str | None:
    odd = [sign for sign in address.written_host if "\uff0e" <= sign <= "\uff5a" or sign in "。\u200b\u200c\u200d"]
    return "".join(dict.fromkeys(odd)) if odd else None


def _punycode(address: Address, _policy: LinkPolicy) -> str | None:
    if "xn--" not in address.written_host.lower():
        return None
    letters = [sign for sign in address.host if not sign.isascii()]
    return None if letters and all("\u4e00" <= sign <= "\u9fff" for sign in letters) else address.host


def _in_group(name: str) -> Fault:
    def find(address: Address, policy: LinkPolicy) -> str | None:
        return address.host if belongs(address.host, name) and not policy.approves(address.host) else None

    return find


def _raw_number(address: Address, _policy: LinkPolicy) -> str | None:
    place = _number(address.host)
    return address.host if place is not None and place.is_global else None


def _inside_place(address: Address, _policy: LinkPolicy) -> str | None:
    place = _number(address.host)
    inside = place is not None and not place.is_global
    return address.host if inside or _INSIDE.search(address.host) else None


@lru_cache(maxsize=2048)
def _number(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address a host is; several kinds of faults ask about the same one."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None


def _odd_number(address: Address, _policy: LinkPolicy) -> str | None:
    return (
        address.host
        if address.scheme in {"http", "https"} and _number(address.host) is None and _ODD_NUMBER.match(address.host)
        else None
    )


def _user_info(address: Address, _policy: LinkPolicy) -> str | None:
    return address.host if address.user and address.scheme in {"http", "https", "ftp"} else None


def _odd_port(address: Address, policy: LinkPolicy) -> str | None:
    usual = {"", "80", "443"}
    return address.port if address.port not in usual and not policy.approves(address.host) else None


def _script_scheme(address: Address, _policy: LinkPolicy) -> str | None:
    return address.scheme if address.scheme in _SCRIPT else None


def _app_scheme(address: Address, _policy: LinkPolicy) -> str | None:
    known = _WEB | _SCRIPT | _PLAIN_SCHEMES
    return address.scheme if address.scheme not in known and not _BROKEN_SCHEME.match(address.url) else None


_BROKEN_SCHEME: Final = re.compile(r"(?:ht{1,3}ps?|hppts?|htps?|http[a-z]|ttps?)[:：;]?/{0,3}", re.IGNORECASE)


def _app_payment(address: Address, _policy: LinkPolicy) -> str | None:
    return address.scheme if address.scheme == "wxp" else None


def _local_file(address: Address, _policy: LinkPolicy) -> str | None:
    own = address.scheme == "file" or re.match(r"[a-z]:\\|\\\\", address.url, re.IGNORECASE)
    return address.url[:60] if own else None


def _ftp(address: Address, _policy: LinkPolicy) -> str | None:
    return address.host if address.scheme == "ftp" else None


def _plain_http(address: Address, _policy: LinkPolicy) -> str | None:
    return address.host if address.scheme == "http" and belongs(address.host, "secure") else None


def _open_redirect(address: Address, policy: LinkPolicy) -> str | None:
    target = _target(address)
    return target if target and not _is_home(target, address.host, policy) and is_trusted(address.host) else None


def _redirect(address: Address, policy: LinkPolicy) -> str | None:
    target = _target(address)
    return target if target and not _is_home(target, address.host, policy) and not is_trusted(address.host) else None


def _target(address: Address) -> str:
    if address.scheme not in _WEB or not address.query:
        return ""
    for _, value in parse_qsl(address.query, max_num_fields=None)[:50]:
        inner = unquote(value)
        if re.match(r"(?:https?:)?//[a-z0-9]", inner, re.IGNORECASE):
            try:
                return (urlsplit(inner).hostname or "").lower()
            except ValueError:
                return ""
    return ""


def _is_home(target: str, host: str, policy: LinkPolicy) -> bool:
    same = own_name(target) == own_name(host) or target == host
    return same or is_trusted(target) or policy.approves(target)


def _secrets(address: Address, _policy: LinkPolicy) -> str | None:
    return next((name for name in _names(address) if name.lower() in _SECRETS), None)


def _private(address: Address, _policy: LinkPolicy) -> str | None:
    if not address.query:
        return None
    named = {name.lower(): value for name, value in parse_qsl(address.query)[:50]}
    return next((name for name, value in named.items() if name in _PRIVATE and len(value) > _LONG_NUMBER), None)


def _trackers(address: Address, _policy: LinkPolicy) -> str | None:
    found = [name for name in _names(address) if _TRACKERS.fullmatch(name)]
    many = len(found) >= _MANY_TRACKERS or (found and len(address.query) > _LONG_QUERY)
    return "、".join(found[:_MANY_TRACKERS]) if many else None


def _promoter(address: Address, _policy: LinkPolicy) -> str | None:
    return next((name for name in _names(address) if _PROMOTER.fullmatch(name)), None)


def _names(address: Address) -> list[str]:
    return [name for name, _ in parse_qsl(address.query, keep_blank_values=True)[:50]] if address.query else []


def _program(address: Address, _policy: LinkPolicy) -> str | None:
    found = _PROGRAM.search(address.path) if address.scheme in _WEB | {"ftp"} else None
    return found[0] if found and not is_trusted(address.host) else None


def _gov_program(address: Address, _policy: LinkPolicy) -> str | None:
    found = _PROGRAM.search(address.path) if address.scheme in _WEB else None
    return found[0] if found and is_trusted(address.host) else None


def _gambling(address: Address, _policy: LinkPolicy) -> str | None:
    if is_trusted(address.host):
        return None
    flat = re.sub(r"[^a-z0-9]", "", address.host.rpartition(".")[0])
    word = next((word for word in sorted(group("gambling_words")) if word in flat), None)
    suffix = address.host.rpartition(".")[2]
    return word or (suffix if suffix in {"bet", "casino", "poker", "xxx", "porn", "sex", "adult"} else None)


def _cheap(address: Address, policy: LinkPolicy) -> str | None:
    suffix = address.host.rpartition(".")[2]
    listed = suffix in group("cheap_suffixes") and not policy.approves(address.host)
    return f".{suffix}" if listed and "." in address.host else None


def _number_name(address: Address, policy: LinkPolicy) -> str | None:
    name = own_name(address.host)
    plain = name.isdigit() and len(name) >= _LONG_NUMBER and name not in group("number_names")
    known = is_trusted(address.host) or policy.approves(address.host) or _number(address.host) is not None
    known = known or belongs(address.host, "shops") or belongs(address.host, "drives")
    return name if (plain or _RANDOM.match(name)) and not known else None


def _trial(address: Address, _policy: LinkPolicy) -> str | None:
    found = _TRIAL.search(address.host)
    return found[0].strip(".-") if found else None


def _back_office(address: Address, _policy: LinkPolicy) -> str | None:
    found = _BACK_OFFICE.search(address.path)
    return found[0].strip("/.?") if found and address.scheme in _WEB else None


def _broken(address: Address, _policy: LinkPolicy) -> str | None:
    start = re.match(r"[a-z]{0,8}[:：;]?/{0,4}", address.url, re.IGNORECASE)
    head = start[0].lower() if start else ""
    doubled = re.match(r"https?:/{1,3}https?[:/]", address.url, re.IGNORECASE)
    wrong = _BROKEN_SCHEME.match(address.url) and head not in {"http://", "https://"} and not address.url[:1].isspace()
    return (head or address.url[:12]) if doubled or (wrong and re.match(r"[a-z]{2,8}[:：;]?/", head)) else None


def _empty_label(address: Address, _policy: LinkPolicy) -> str | None:
    web = address.scheme in {"http", "https"}
    return (
        address.written_host
        if web and (".." in address.host or address.host.startswith((".", "-")) or "_" in address.host)
        else None
    )


def _deep(address: Address, policy: LinkPolicy) -> str | None:
    deep = address.host.count(".") >= _DEEP and _number(address.host) is None
    return address.host if deep and not is_trusted(address.host) and not policy.approves(address.host) else None


def _outside(address: Address, policy: LinkPolicy) -> str | None:
    web = policy.outside and address.scheme in _WEB and "." in address.host and _number(address.host) is None
    known = is_trusted(address.host) or policy.approves(address.host)
    return address.host if web and not known else None


FAULTS: Final[dict[str, Fault]] = {
    "gov_in_front": _gov_in_front,
    "gov_hyphen": _gov_hyphen,
    "gov_suffix": _gov_suffix,
    "gov_glyphs": _gov_glyphs,
    "look_alike": _look_alike,
    "odd_letters": _odd_letters,
    "full_width": _full_width,
    "punycode": _punycode,
    "shortener": _in_group("shorteners"),
    "drive": _in_group("drives"),
    "form": _in_group("forms"),
    "shop": _in_group("shops"),
    "chat": _in_group("chats"),
    "payment": _in_group("payments"),
    "closed": _in_group("closed"),
    "abroad": _in_group("abroad"),
    "free": _in_group("free"),
    "raw_number": _raw_number,
    "inside_place": _inside_place,
    "odd_number": _odd_number,
    "user_info": _user_info,
    "odd_port": _odd_port,
    "script_scheme": _script_scheme,
    "app_scheme": _app_scheme,
    "app_payment": _app_payment,
    "local_file": _local_file,
    "ftp": _ftp,
    "plain_http": _plain_http,
    "open_redirect": _open_redirect,
    "redirect": _redirect,
    "secrets": _secrets,
    "private": _private,
    "trackers": _trackers,
    "promoter": _promoter,
    "program": _program,
    "gov_program": _gov_program,
    "gambling": _gambling,
    "cheap": _cheap,
    "number_name": _number_name,
    "trial": _trial,
    "back_office": _back_office,
    "broken": _broken,
    "empty_label": _empty_label,
    "deep": _deep,
    "outside": _outside,
}
