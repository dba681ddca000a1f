"""What a body itself says about links."""

from __future__ import annotations

from dataclasses import dataclass

from zhijian.screening.links.hosts import is_below


@dataclass(frozen=True, slots=True)
class LinkPolicy:
    """`approved` are hosts the body vouches for; their sub-domains count too. `outside` asks about every other host."""

    approved: frozenset[str] = frozenset()
    outside: bool = True

    def approves(self, host: str) -> bool:
        """Tell whether a host or a domain above it is on the list."""
        return is_below(host, self.approved)
