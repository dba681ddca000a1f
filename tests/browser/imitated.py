"""Impostors of 青禾水务: a case in every state, and a name that may sound alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.impostors.world import picture

from zhijian.impostors import actions
from zhijian.impostors.actions import AllowDraft, Proof, Suspect
from zhijian.impostors.models import Case
from zhijian.impostors.queries import letter_text

if TYPE_CHECKING:
    from zhijian.organisations.models import User

SHOT = Proof(picture("navy"))
NAMES = {
    "new": "青禾水雾", "verifying": "青禾\u200b水务官方", "confirmed": "青禾氷务", "requested": "青禾水务服务",
    "refused": "青禾税务水务", "removed": "靑禾水務", "unfounded": "轻禾水务",
}  # fmt: skip


def imitate(officer: User, host: User) -> dict[str, Any]:
    """Make the cases; return them by state."""
    cases = {
        state: actions.report_by_citizen(
            suspect=Suspect(name, "douyin", f"https://www.douyin.com/user/{state}", text="让我点链接交水费。")
        )
        for state, name in NAMES.items()
    }
    for state in ("verifying", "confirmed", "requested", "refused", "removed"):
        case = cases[state]
        actions.verify_case(actor=host, case_id=case.pk)
        actions.add_evidence(actor=host, case_id=case.pk, proof=SHOT, note="账号主页")
    for state in ("confirmed", "requested", "refused", "removed"):
        actions.confirm_case(actor=host, case_id=cases[state].pk, text="头像用了本局徽标。")
    for state in ("requested", "refused", "removed"):
        case = Case.objects.get(pk=cases[state].pk)
        actions.request_removal(
            actor=host, case_id=case.pk, recipient="抖音运营单位", way="应用内投诉", text=letter_text(case)
        )
    actions.record_refusal(actor=host, case_id=cases["refused"].pk, text="平台要求补充主体证明。")
    actions.record_removal(actor=host, case_id=cases["removed"].pk, remedy="taken_down", text="主页已经打不开。")
    actions.dismiss_case(actor=host, case_id=cases["unfounded"].pk, text="是一家水站的字号。")
    body = host.organisation
    assert body is not None
    cases["allowed"] = actions.allow_name(
        actor=officer, organisation=body, draft=AllowDraft("清禾水屋", "一家茶馆，开了十年")
    )
    return {**cases, **{state: Case.objects.get(pk=cases[state].pk) for state in NAMES}}
