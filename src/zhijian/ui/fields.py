"""Fields of forms that several rooms show alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from django.db.models import QuerySet


class BodyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """A body by its full name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


def ask_only_of_several(field: forms.Field, rows: QuerySet[Any]) -> None:
    """Offer `rows` in a choice; where there is one row only, nobody is asked and the field is hidden."""
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError("Only a choice of rows can offer rows.")
    field.queryset = rows
    first = list(rows[:2])
    if len(first) == 1:
        field.widget, field.initial = forms.HiddenInput(), first[0].pk
