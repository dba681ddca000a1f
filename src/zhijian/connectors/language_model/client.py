"""One call of a language model: POST <address>/chat/completions, guarded, bounded, never redirected."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from zhijian.connectors.language_model.asking import LONGEST_TEXT, read_opinions, request_body
from zhijian.connectors.language_model.errors import junk, not_reached, refused
from zhijian.connectors.redaction import guard_loggers
from zhijian.lib.fetching import Fetcher, Gone, Guard, Limits, NotSeen, Obstacle, Opening

if TYPE_CHECKING:
    from zhijian.connectors.language_model.asking import Opinion

LARGEST_ANSWER: Final = 512 * 1024
OWN_NETWORKS: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
"""Private networks (RFC 1918). Neither this machine itself nor link-local addresses, where clouds keep their keys."""
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Where a model is (`address` up to `/v1`), what it is called there, and its key ("" where it has none).

    `seconds` is the time for the whole call; `is_public` lets it be on the internet, by https alone.
    """

    address: str
    name: str
    key: str = field(default="", repr=False)
    seconds: float = 30.0
    is_public: bool = False


def host_of(address: str) -> str:
    """Return host and port of an address as a person reads them."""
    return urlsplit(address).netloc


def guard_for(model: LanguageModel, guard: Guard) -> Guard:
    """Return the guard of one model: what `guard` has opened, the office's own networks at the model's own port.

    Raises ValueError for an address whose port is none.
    """
    parts = urlsplit(model.address)
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 443)
    own = tuple(Opening(ip_network(text), port) for text in OWN_NETWORKS)
    public = model.is_public and parts.scheme == "https"
    return Guard(openings=(*guard.openings, *own), ports=frozenset({port}), public=public)


def address_problem(model: LanguageModel, guard: Guard) -> str:
    """Say what can be told to be wrong with the address by its looks; "" when nothing is. Nobody is asked."""
    try:
        parts = urlsplit(model.address)
        obstacle = Fetcher(guard=guard_for(model, guard)).why_not(model.address)
    except ValueError:
        return not_reached(Obstacle.BAD_ADDRESS).hint_zh
    if obstacle is not None:
        return not_reached(obstacle).hint_zh
    return not_reached(Obstacle.BAD_ADDRESS).hint_zh if parts.query or parts.fragment else ""


def ask(model: LanguageModel, text: str, *, guard: Guard) -> list[Opinion]:
    """Return what the model would change in one text of at most `LONGEST_TEXT` code points.

    Raises PlatformError, with a hint and without the key or the text; ValueError for a text that is too long.
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError("The text is longer than one call takes.")
    if not (model.key.isascii() and model.key.isprintable()):
        raise refused(401)
    guard_loggers()
    limits = Limits(read=model.seconds, total=model.seconds, size=LARGEST_ANSWER, hops=0)
    answer = Fetcher(guard=guard_for(model, guard), limits=limits).post_json(
        f"{model.address.rstrip('/')}/chat/completions",
        content=request_body(model.name, text),
        headers={"Authorization": f"Bearer {model.key}"} if model.key else {},
    )
    if isinstance(answer, NotSeen):
        raise not_reached(answer.obstacle)
    if isinstance(answer, Gone):
        raise refused(answer.status) if answer.status else not_reached(Obstacle.NO_ADDRESS)
    if not answer.is_page:
        raise refused(answer.status)
    try:
        return read_opinions(answer.body)
    except ValueError as error:
        reason = str(error) if type(error) is ValueError else "The answer is no JSON."
    raise junk(reason)
