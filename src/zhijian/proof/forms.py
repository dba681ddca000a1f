from __future__ import annotations

from django import forms

from zhijian.proof.actions import PersonSaw
from zhijian.proof.enums import LinkState


class SawForm(forms.Form):
    """What a person saw of an account's introduction."""

    state = forms.ChoiceField(
        label="看到了什么",
        choices=[
            (str(LinkState.LINKS), "简介或主页写明了登记号，或链到了登记页"),
            (str(LinkState.ABSENT), "没有写明"),
            (str(LinkState.UNSEEN), "打不开，没看成"),
        ],
        widget=forms.RadioSelect,
    )
    picture = forms.FileField(
        label="截图", required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text="写明了或没有写明，都请截下账号的简介。不超过 10 MB。",
    )  # fmt: skip
    note = forms.CharField(label="说明", max_length=300, required=False, help_text="没看成时，请写原因。")

    def saw(self) -> PersonSaw:
        """Return what was filled in. Call after is_valid."""
        data = self.cleaned_data
        upload = data["picture"]
        return PersonSaw(data["state"], data["note"], upload.read() if upload else b"")
