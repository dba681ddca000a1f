"""What is under review is shown by the room that owns it: it registers a provider for its kind of thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from zhijian.organisations.models import User
    from zhijian.review.models import Review


class SubjectProvider(Protocol):
    """Shows one kind of thing on the review page.

    `label` is what people call this kind. `template` is included with what `context` returns: the exact version under
    review, the difference from the last one this person saw, and what the reviewer needs to judge it. `why_not_approve`
    adds the owner's own reasons against an approving signature (a blocking finding, a place that was taken meanwhile).
    `lock` locks the row of the thing until the transaction ends: everybody locks the thing first and its review second
    (docs/dev/adr/0050).
    """

    label: str
    template: str

    def lock(self, *, thing_id: int) -> None: ...

    def context(self, *, review: Review, actor: User) -> dict[str, Any]: ...

    def why_not_approve(self, *, review: Review, actor: User) -> list[str]: ...


_providers: dict[str, SubjectProvider] = {}
_together: set[str] = set()


def register(thing_kind: str, provider: SubjectProvider, *, together: bool = False) -> None:
    """Register the provider of `thing_kind`. Raises ValueError when there is one already.

    `together`: short enough that several may be read and signed on one page.
    """
    if thing_kind in _providers:
        raise ValueError(f"{thing_kind} has a provider already.")
    _providers[thing_kind] = provider
    if together:
        _together.add(thing_kind)


def signed_together() -> list[str]:
    """Return the kinds of thing that may be signed several at a time."""
    return sorted(_together)


def kinds() -> list[tuple[str, str]]:
    """Return every kind of thing that is reviewed with its label, as choices."""
    return [(kind, provider.label) for kind, provider in sorted(_providers.items())]


def provider_of(thing_kind: str) -> SubjectProvider | None:
    """Return the provider of a kind, or None where the thing needs no page of its own."""
    return _providers.get(thing_kind)
