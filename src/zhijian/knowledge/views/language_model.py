"""The page of the language model: what is set, who consented to what, and a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.knowledge.actions import language_model as actions
from zhijian.knowledge.forms.language_model import ModelForm
from zhijian.knowledge.queries import language_model as queries
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import Role
from zhijian.organisations.queries import administers_everything, timeline_of
from zhijian.ui.acting import carry_out, put_reasons, tell_reasons
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.knowledge.actions.language_model import Trial
    from zhijian.knowledge.models import ModelSetting
    from zhijian.lib.requests import StaffRequest

SETTING: Final = [("大模型", "/desk/language-model/")]
KEEPERS: Final = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)


def _only_keepers(request: StaffRequest) -> None:
    """Let in who decides for the whole house: the page names its address and its bodies."""
    if not request.user.holds(*KEEPERS):
        raise Missing
    if not administers_everything(actor=request.user, roles=KEEPERS):
        raise Refused("大模型由最上级单位的系统管理员和安全管理员管理。")


@require_GET
@login_required
def show_setting(request: StaffRequest) -> HttpResponseBase:
    """Show what is set, the words of the consent, and what each of the two administrators may do now."""
    _only_keepers(request)
    row, actor = queries.model_setting(), request.user
    context = {
        "title": "大模型", "row": row, "badge": _badge(row), "facts": _facts(row) if row else [],
        "sentence": queries.consent_sentence(row) if row else "",
        "edit_reasons": why_not(Permission.LANGUAGE_MODEL_SET_UP, actor=actor),
        "try_reasons": actions.why_not_try(actor=actor, row=row),
        "consent_reasons": actions.why_not_consent(actor=actor, row=row),
        "stop_reasons": actions.why_not_stop(actor=actor, row=row),
        "timeline": timeline_of(thing_kind=actions.THING_KIND, thing_id=row.pk) if row else [],
    }  # fmt: skip
    return render(request, "knowledge/language_model.html", context)


def _badge(row: ModelSetting | None) -> Badge:
    if row is None:
        return Badge("没有设置", "quiet")
    return Badge("已启用", "ok") if row.consented_by else Badge("未启用，等安全管理员同意", "warn")


def _facts(row: ModelSetting) -> list[tuple[str, str]]:
    return [
        ("地址", row.address), ("模型名称", row.name), ("密钥", "已存，加密" if row.key else "没有"),
        ("在哪里", "互联网上" if row.is_public else "单位网络里"), ("最多等", f"{row.seconds} 秒"),
        ("一篇最多", f"{row.most_characters:,} 字"),
        ("可以使用的单位", "、".join(queries.bodies_let_in(row)) or "没有选"), ("最近修改", str(row.changed_by)),
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def edit_setting(request: StaffRequest) -> HttpResponseBase:
    """Change the setting; an empty key leaves the one there is."""
    _only_keepers(request)
    require(Permission.LANGUAGE_MODEL_SET_UP, actor=request.user)
    row = queries.model_setting()
    form = ModelForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.set_up_model(actor=request.user, draft=form.draft())
        except Refused as refused:
            put_reasons(form, refused)
        else:
            messages.success(request, "已保存。" if saved.consented_by else "已保存。同意以前，文字不会发出。")
            return redirect("language_model:setting")
    context = {"title": "设置大模型", "form": form, "breadcrumbs": SETTING,
               "is_on": row is not None and row.consented_by is not None}  # fmt: skip
    return render(request, "knowledge/language_model_form.html", context, status=409 if form.is_bound else 200)


@require_POST
@login_required
def try_model(request: StaffRequest) -> HttpResponseBase:
    """Send one sentence of ours to the model, and say what it made of it and how long it took."""
    _only_keepers(request)
    try:
        trial = actions.try_model(actor=request.user)
    except Refused as refused:
        tell_reasons(request, refused)
    else:
        messages.success(request, _told(trial))
    return redirect("language_model:setting")


def _told(trial: Trial) -> str:
    changes = "；".join(f"“{one.wrong}”改为“{one.right}”" for one in trial.opinions[:5])
    found = f"提出：{changes}。" if changes else "没有提出意见。这句里有两处错字，模型可能不合用。"
    return f"连上了，{trial.seconds:.1f} 秒答复。试问的是“{actions.TRIAL_TEXT}”{found}"


@require_POST
@login_required
def consent(request: StaffRequest) -> HttpResponseBase:
    """Let texts go to the model."""
    _only_keepers(request)
    stamp = request.POST.get("stamp", "")
    carry_out(
        request, lambda: actions.consent_to_model(actor=request.user, stamp=stamp),
        done="已同意并启用。所选单位的编辑页上有“请模型看一遍”。",
    )  # fmt: skip
    return redirect("language_model:setting")


@require_POST
@login_required
def stop(request: StaffRequest) -> HttpResponseBase:
    """Take the consent back."""
    _only_keepers(request)
    carry_out(request, lambda: actions.stop_model(actor=request.user), done="已停用，文字不再发出。")
    return redirect("language_model:setting")
