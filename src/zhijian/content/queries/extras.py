"""What rooms above add to the page of a piece: publishing its button and its deliveries, for example."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.content.models import Article
    from zhijian.organisations.models import User


@dataclass(frozen=True, slots=True)
class Extra:
    """A part of the page: `template` is included with `context` as `extra`.

    `place` is "act" (among the buttons at the top) or "card" (below the text).
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    place: str = "card"


class ExtraProvider(Protocol):
    """Gives the parts one room adds for this person and piece, none when it has nothing to say."""

    def __call__(self, *, actor: User, article: Article) -> list[Extra]: ...


_providers: list[ExtraProvider] = []


def register_extra(provider: ExtraProvider) -> None:
    """Let a room above add to the page of every piece; called once, when the room is loaded."""
    if provider not in _providers:
        _providers.append(provider)


def extras_of(*, actor: User, article: Article) -> dict[str, list[Extra]]:
    """Return what the rooms above add, by place."""
    found = [extra for provider in _providers for extra in provider(actor=actor, article=article)]
    return {place: [extra for extra in found if extra.place == place] for place in ("act", "card")}
