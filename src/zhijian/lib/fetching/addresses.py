"""Which addresses may be opened: public ones at usual ports, and what the administrator has opened.

Special addresses are those of the IANA registries for IPv4 and IPv6 (RFC 6890 and later entries), written out here
because the library's own judgement of them changed between releases.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
USUAL_PORTS: Final = frozenset({80, 443, 8000, 8080, 8443})
_SPECIAL_V4: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_UNICAST_V6: Final = IPv6Network("2000::/3")
_SPECIAL_V6: Final = tuple(
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
_TEREDO: Final = IPv6Network("2001::/32")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_LOW_32_BITS: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Opening:
    """A network the administrator has opened: at the usual ports, or at one port of its own."""

    network: Network
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Opening:
        """Read `10.20.0.0/16` or `127.0.0.1/32@8100`. Raises ValueError."""
        network, _, port = text.partition("@")
        return cls(ip_network(network.strip()), _port(port) if port else None)

    def admits(self, address: Address, port: int, usual: frozenset[int]) -> bool:
        if address.version != self.network.version or address not in self.network:
            return False
        return port == self.port if self.port is not None else port in usual


@dataclass(frozen=True, slots=True)
class Guard:
    """Says which address may be opened at which port; not `public`: only what the administrator has opened."""

    openings: tuple[Opening, ...] = ()
    ports: frozenset[int] = USUAL_PORTS
    public: bool = True

    @classmethod
    def parse(cls, text: str) -> Guard:
        """Read openings separated by white space or commas. Raises ValueError naming the one that is wrong."""
        return cls(tuple(Opening.parse(part) for part in text.replace(",", " ").split()))

    def knows_port(self, port: int) -> bool:
        """Tell whether any address could be opened at this port, so that a name need not be looked up in vain."""
        return port in self.ports or any(opening.port == port for opening in self.openings)

    def admits(self, text: str, port: int) -> bool:
        """Tell whether the address (as the resolver writes it, scope included) may be opened at this port."""
        try:
            address = ip_address(text)
        except ValueError:
            return False
        meant = meant_by(address)
        if any(opening.admits(one, port, self.ports) for one in (address, *meant[:1]) for opening in self.openings):
            return True
        return self.public and port in self.ports and is_public(address)


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the public internet, whatever it is wrapped in."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SPECIAL_V4)
    if address.scope_id is not None:
        return False
    inner = meant_by(address)
    if inner:
        return all(is_public(one) for one in inner)
    return address in _UNICAST_V6 and not any(address in network for network in _SPECIAL_V6)


def meant_by(address: Address) -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses an IPv6 address stands for (mapped, 6to4, NAT64, Teredo); the destination first."""
    if isinstance(address, IPv4Address):
        return ()
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address in _TEREDO and address.teredo is not None:
        server, client = address.teredo
        return (client, server)
    if address in _NAT64:
        return (IPv4Address(int(address) & _LOW_32_BITS),)
    return ()


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:  # noqa: PLR2004 -- the ports there are
        raise ValueError(f"{text} is no port.")
    return port
