"""What search reads: folded text, pairs of letters, pinyin initials, keys of addresses."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from django.db.models import BooleanField, Func, Q, Value

from zhijian.organisations.actions import pinyin_key
from zhijian.organisations.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from zhijian.registry.models import Account

_LEFT_OUT = re.compile("[\\s\x00-\x1f\u200b-\u200f\u2060\ufeff]+")
_LATIN = re.compile("[a-zà-ɏ]", re.IGNORECASE)
_SUBDOMAINS = ("www.", "m.", "wap.")
# The query parameters that tell accounts apart on their platforms; all others tell pieces and visitors.
_TELLING = ("__biz", "uid", "id")
MOST_WORDS = 5


def folded(text: str) -> str:
    """Return text as search compares it: one width, lower case, no spaces and nothing invisible."""
    return _LEFT_OUT.sub("", unicodedata.normalize("NFKC", text)).casefold()


def pairs(text: str) -> set[str]:
    """Return every pair of neighbouring letters of a folded text; a single letter counts as a pair."""
    return {text[start : start + 2] for start in range(max(1, len(text) - 1))} if text else set()


def grams_of(pieces: Iterable[str]) -> list[str]:
    """Return the pairs of all pieces, sorted."""
    return sorted(set().union(*(pairs(folded(piece)) for piece in pieces)))


def initials_of(key: str, name: str) -> str:
    """Return the pinyin initials of a name from its sort key (东山教育 → dsjy); Latin words stay whole."""
    lower = name.lower()
    parts = key.lower().split(" ")
    return "".join(part if part in lower else part[:1] for part in parts)[:80]


@lru_cache(maxsize=65_536)
def _spoken(name: str) -> tuple[str, str]:
    """Return sort key and initials of a name; a body bears the same name on all its platforms."""
    key = pinyin_key(name)
    return key, initials_of(key, name)


def fill_search_fields(account: Account, past_names: Iterable[str] = ()) -> None:
    """Set everything search reads from the account's own fields; called before each save of names, ids or address."""
    account.sort_key, account.initials = _spoken(account.name)
    account.url_key = address_key(account.url)
    pieces = (account.name, account.initials, account.number, account.platform_uid, account.handle, *past_names)
    account.grams = grams_of(pieces)


def address_key(url: str) -> str:
    """Return what tells an account's address: host and path in lower case, and the parameters that name accounts."""
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    for start in _SUBDOMAINS:
        host = host.removeprefix(start)
    told = [f"{name}={value}" for name, value in parse_qsl(parts.query) if name in _TELLING]
    return f"{host}{parts.path.rstrip('/')}{'?' if told else ''}{'&'.join(told)}"[:200] if host else ""


def search_accounts(rows: QuerySet[Account], text: str) -> QuerySet[Account]:
    """Keep the accounts where every word is found in a name (past ones too), an id, the initials, or the host body.

    Words of two letters and more are found by their pairs of letters; all pairs must be there.
    """
    words = [word for part in text.split() if (word := folded(part))]
    for word in words[:MOST_WORDS]:
        rows = rows.filter(_word(word))
    return rows


def _word(word: str) -> Q:
    if len(word) == 1:
        return Q(name__icontains=word)
    # One array in one text, not one parameter for each body: a common word names thousands, and writing each of them
    # out would cost more than the search itself.
    bodies = Value("{" + ",".join(map(str, bodies_named(word))) + "}")
    return Q(grams__contains=sorted(pairs(word))) | Q(_AnyOf("organisation_id", bodies))


class _AnyOf(Func):
    """`field = ANY(array of ids, as text)`."""

    template = "%(expressions)s::bigint[])"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def bodies_named(word: str) -> list[int]:
    """Return the ids of the bodies whose full or short name holds the word."""
    # Chinese has no upper case: the plain comparison takes a third of the time.
    how = "icontains" if _LATIN.search(word) else "contains"
    named = Q(**{f"name__{how}": word}) | Q(**{f"short_name__{how}": word})
    return list(Organisation.objects.filter(named).order_by().values_list("pk", flat=True))
