"""Rooms above show their part of an account on its page: each registers a panel, the page includes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from zhijian.organisations.models import User
    from zhijian.registry.models import Account


class Panel(Protocol):
    """One part of the account page. `context` returns what `template` needs (under `panel`), None to show nothing."""

    template: str

    def context(self, *, account: Account, actor: User) -> dict[str, Any] | None: ...


_panels: list[Panel] = []


def register_panel(panel: Panel) -> None:
    """Add a panel to the account page, below those registered before."""
    _panels.append(panel)


def panels_of(*, account: Account, actor: User) -> list[tuple[str, dict[str, Any]]]:
    """Return (template, context) of every panel that has something to show."""
    found = ((panel.template, panel.context(account=account, actor=actor)) for panel in _panels)
    return [(template, context) for template, context in found if context is not None]
