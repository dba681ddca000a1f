"""The registry of permission rules: one function per permission, giving every reason for a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from zhijian.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhijian.access.permissions import Permission


class Rule(Protocol):
    """A rule gives the Chinese reasons why `actor` may not act on `thing`; an empty list allows it."""

    def __call__(self, *, actor: Any, thing: Any) -> list[str]: ...


_rules: dict[Permission, Rule] = {}


def rule(permission: Permission) -> Callable[[Rule], Rule]:
    """Register the decorated function as the one rule of `permission`.

    Raises ValueError when the permission has a rule already: two rules for one name would hide each other.
    """

    def register(function: Rule) -> Rule:
        if permission in _rules:
            raise ValueError(f"{permission} has a rule already.")
        _rules[permission] = function
        return function

    return register


def why_not(permission: Permission, *, actor: Any, thing: Any = None) -> list[str]:
    """Give every reason, in Chinese, why `actor` may not do this to `thing`; [] when they may.

    Raises KeyError for a permission without a rule: a forgotten rule must never allow anything.
    """
    if actor is None or not getattr(actor, "is_active", False):
        return ["请先登录。"]
    return _rules[permission](actor=actor, thing=thing)


def may(permission: Permission, *, actor: Any, thing: Any = None) -> bool:
    """Tell whether `actor` may do this to `thing`."""
    return not why_not(permission, actor=actor, thing=thing)


def require(permission: Permission, *, actor: Any, thing: Any = None) -> None:
    """Raise Refused with every reason unless `actor` may do this to `thing`."""
    reasons = why_not(permission, actor=actor, thing=thing)
    if reasons:
        raise Refused(reasons)


def registered() -> frozenset[Permission]:
    """Return the permissions that have a rule (the convention test compares them with the names)."""
    return frozenset(_rules)
