"""The local rules of many bodies at once: in Python for one, in SQL for all accounts of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, Value, When

from zhijian.lib import clock
from zhijian.organisations.models import Organisation
from zhijian.policy.queries import resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Field

    from zhijian.policy.queries import Policy, Resolved


class LocalRules:
    """The packs of the whole tree, read in one query."""

    def __init__(self) -> None:
        rows = Organisation.objects.exclude(policy_pack="").order_by().values_list("path", "policy_pack")
        self._packs: dict[str, str] = dict(rows)
        self._policies: dict[str, Policy] = {}

    def find(self, organisation: Organisation, key: str) -> Resolved | None:
        """Return the rule of a body, None where no pack has one."""
        return self._policy(self._nearest(organisation.path)).find(key)

    def case(self, key: str, *, path: str, output_field: Field[Any, Any], say: Callable[[Any], object]) -> Case:
        """Return the value of a rule for every row, told apart by the path of its body: the nearest pack first.

        A pack that says the same as the pack above it adds no branch.
        """
        national = self._said(key, "", say)
        whens = [
            When(**{f"{path}__startswith": place}, then=Value(self._said(key, place, say), output_field=output_field))
            for place in sorted(self._packs, key=len, reverse=True)
            if self._said(key, place, say) != self._said(key, self._nearest(place[:-1]), say)
        ]
        return Case(*whens, default=Value(national, output_field=output_field), output_field=output_field)

    def _said(self, key: str, place: str, say: Callable[[Any], object]) -> object:
        rule = self._policy(place).find(key)
        return None if rule is None else say(rule.value)

    def _policy(self, place: str) -> Policy:
        if place not in self._policies:
            line = [path for path in _line(place) if path in self._packs]
            self._policies[place] = resolve([self._packs[path] for path in reversed(line)], on=clock.today())
        return self._policies[place]

    def _nearest(self, path: str) -> str:
        """Return the path of the nearest body with a pack, "" where there is none."""
        return next((one for one in reversed(_line(path)) if one in self._packs), "")


def _line(path: str) -> list[str]:
    """Return the paths from the root down to a body; a path that is cut short ends at the body above."""
    parts = path.split(".")[:-1]
    return ["".join(f"{part}." for part in parts[: end + 1]) for end in range(len(parts))]
