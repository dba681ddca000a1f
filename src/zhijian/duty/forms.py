from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms

from zhijian.duty.actions import MonthPlan
from zhijian.duty.queries import candidates, swappable
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.duty.models import Shift
    from zhijian.organisations.models import Organisation

MOST_IN_ROUND: Final = 12
NOBODY: Final = ("", "——")
Choices = list[tuple[str, str]]


def _people(organisation: Organisation) -> Choices:
    return [(str(person.pk), str(person)) for person in candidates(organisation)[:300]]


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField, declared by the form


def _moment(**more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(widget=widget, **more)


class MonthForm(forms.Form):
    """A month from an ordered list of people."""

    month = forms.ChoiceField(label="月份")
    handover = forms.TimeField(
        label="交接时间", initial="08:30", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="每班从这一时刻到第二天同一时刻。",
    )  # fmt: skip
    replace = forms.BooleanField(label="替换还没有开始的班次", required=False)

    def __init__(self, *args: Any, organisation: Organisation, months: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "month", months)
        people = [NOBODY, *_people(organisation)]
        for place in range(1, MOST_IN_ROUND + 1):
            self.fields[f"order_{place}"] = forms.ChoiceField(label=f"第 {place} 位", choices=people, required=False)

    def plan(self) -> MonthPlan:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        year, month = data["month"].split("-")
        chosen = (data[f"order_{place}"] for place in range(1, MOST_IN_ROUND + 1))
        people = tuple(int(one) for one in chosen if one)
        return MonthPlan(int(year), int(month), people, data["handover"], data["replace"])


class PeopleForm(forms.Form):
    """Who is on a shift."""

    person = forms.ChoiceField(label="值班人员")
    backup = forms.ChoiceField(label="备班人员", required=False, help_text="值班人员没有回应时呼叫。")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = _people(organisation)
        _offer(self, "person", people)
        _offer(self, "backup", [NOBODY, *people])

    def chosen(self) -> dict[str, int | None]:
        """Return the people by id. Call after is_valid."""
        data = self.cleaned_data
        return {"person": int(data["person"]), "backup": int(data["backup"]) if data["backup"] else None}


class ShiftForm(PeopleForm):
    """One shift more."""

    starts_at = _moment(label="开始")
    ends_at = _moment(label="结束")
    field_order = ["starts_at", "ends_at", "person", "backup"]


class SwapForm(forms.Form):
    """With whom to swap: against one of their shifts, or just asking somebody to stand in."""

    return_shift = forms.ChoiceField(label="换回哪一班", required=False, help_text="选一班换回来；只请人顶替就不选。")
    person = forms.ChoiceField(label="请谁顶替", required=False, help_text="选了换回的班，这里不用选。")
    reason = forms.CharField(label="原因", max_length=200, required=False)

    def __init__(self, *args: Any, shift: Shift, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [
            (str(one.pk), f"{one.starts_at.astimezone(clock.BEIJING):%m-%d %H:%M}，{one.person}")
            for one in swappable(shift)
        ]
        _offer(self, "return_shift", [NOBODY, *others])
        people = [one for one in _people(shift.organisation) if one[0] != str(shift.person_id)]
        _offer(self, "person", [NOBODY, *people])


class TextForm(forms.Form):
    """A few words of a person."""

    text = forms.CharField(label="说明", max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, label: str, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label, help_text
