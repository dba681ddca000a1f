"""Where a page leads: the strange hosts its links name, each judged once however often it is named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from zhijian.screening.links.hosts import is_trusted, own_name
from zhijian.screening.links.judging import faults_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_HOSTS: Final = 500
"""Strange hosts of one page that are judged; what is left out is told."""
_SHARP: Final = ("gambling", "gov_in_front", "gov_hyphen", "gov_glyphs")
_DOUBTFUL: Final = ("punycode", "raw_number", "cheap", "number_name", "odd_number", "free")
_LEADS_AWAY: Final = re.compile(r"[^/?#]{0,20}:|\s{0,9}[/\\]{2}")


def host_of(url: str) -> str:
    """Return the host of an address in lower case, "" when it names none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


@dataclass(slots=True)
class Outward:
    """The strange hosts of the page that came from `url`: those nobody vouches for and that are not its own.

    Of at most `MOST_HOSTS` it is known whether they are bad (gambling, or dressed as the government's) or doubtful
    (bought for a day, numbers, borrowed space); `left_out` are the others.
    """

    url: str
    host: str
    left_out: set[str] = field(default_factory=set)
    _judged: dict[str, frozenset[str]] = field(default_factory=dict)

    def foreign(self, links: Iterable[str]) -> dict[str, str]:
        """Return the strange hosts that links lead to, each with the first whole address that names it."""
        found: dict[str, str] = {}
        for link in links:
            whole = self._whole(link)
            target = host_of(whole) if whole else ""
            if target and target not in found and self._is_strange(target):
                found[target] = whole
        return found

    def bad(self, strange: Mapping[str, str]) -> str:
        """Return the first address, of those `foreign` found, that leads to a bad host; "" for none."""
        return next((link for host, link in strange.items() if not self._faults(host).isdisjoint(_SHARP)), "")

    def doubtful(self, hosts: Iterable[str]) -> int:
        """Return how many of some strange hosts are bad or doubtful."""
        return sum(bool(self._faults(host)) for host in hosts)

    def _whole(self, link: str) -> str:
        if not _LEADS_AWAY.match(link):
            return ""
        try:
            return urljoin(self.url, link) if self.url else link
        except ValueError:
            return ""

    def _is_strange(self, target: str) -> bool:
        return not is_trusted(target) and own_name(target) != own_name(self.host)

    def _faults(self, target: str) -> frozenset[str]:
        if target not in self._judged:
            if len(self._judged) >= MOST_HOSTS:
                self.left_out.add(target)
                return frozenset()
            self._judged[target] = frozenset(faults_of(f"https://{target}/", kinds=(*_SHARP, *_DOUBTFUL)))
        return self._judged[target]
