from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.assessment.queries import NUMERALS
from zhijian.assessment.rules import WRITERS
from zhijian.lib import clock
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import bodies_in_scope

if TYPE_CHECKING:
    from zhijian.assessment.models import BulletinVersion
    from zhijian.organisations.models import User

EARLIEST = 2019


class DraftForm(forms.Form):
    """Which body, which quarter."""

    organisation = forms.ModelChoiceField(label="通报哪个单位及以下", queryset=Organisation.objects.none())
    year = forms.IntegerField(label="年", min_value=EARLIEST, max_value=2199)
    quarter = forms.TypedChoiceField(
        label="季度", coerce=int, choices=[(number, f"第{word}季度") for number, word in enumerate(NUMERALS, start=1)]
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        today = clock.today()
        super().__init__(*args, **kwargs)
        self.initial = {"year": today.year, "quarter": (today.month + 2) // 3}
        field = self.fields["organisation"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = bodies_in_scope(actor=actor, roles=WRITERS).order_by("path")


class BulletinForm(forms.Form):
    """Title and sections of the newest version."""

    base_number = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=1_000_000)
    title = forms.CharField(label="标题", max_length=120)

    def __init__(self, *args: Any, version: BulletinVersion, **kwargs: Any) -> None:
        first = {"base_number": version.number, "title": version.title}
        first |= {f"section_{place}": one["text"] for place, one in enumerate(version.sections)}
        super().__init__(*args, **kwargs)
        self.initial = first
        for place, one in enumerate(version.sections):
            self.fields[f"section_{place}"] = forms.CharField(
                label=one["title"], required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 5})
            )
        self.fields["count_again"] = forms.BooleanField(
            label="按最新数据重新统计", required=False, help_text="只换下面的数字表，文字请自己核对。"
        )

    def values(self) -> dict[str, Any]:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        places = sorted((name for name in data if name.startswith("section_")), key=lambda name: int(name[8:]))
        return {
            "base_number": data["base_number"], "title": data["title"], "texts": [data[name] for name in places],
            "count_again": data["count_again"],
        }  # fmt: skip
