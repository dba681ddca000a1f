from __future__ import annotations

from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.content import actions, queries
from zhijian.content.actions import EditConflict
from zhijian.content.document import InvalidDocument, canonical_json, difference, parse_document
from zhijian.content.enums import ArticleState
from zhijian.content.forms import EditForm, editable_text, read_json_object
from zhijian.content.views.article import trail
from zhijian.content.views.lists import state_badge
from zhijian.files.actions import store_picture
from zhijian.knowledge.queries.language_model import model_for
from zhijian.lib.errors import Refused
from zhijian.ui import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http.response import HttpResponseBase

    from zhijian.content.models import Article, WorkingCopy
    from zhijian.content.queries import Draft
    from zhijian.lib.requests import StaffRequest

MOST_COVER_BYTES = 10 * 1024 * 1024


@require_http_methods(["GET", "POST"])
@login_required
def edit(request: StaffRequest, article_id: int) -> HttpResponseBase:
    """Write: the text in the middle, the findings in the margin; a save is a version."""
    article = queries.find_article(actor=request.user, article_id=article_id)
    require(Permission.ARTICLE_EDIT, actor=request.user, thing=article)
    if request.method == "POST":
        return _save(request, article)
    copy = queries.working_copy(actor=request.user, article=article)
    draft, base, note = _opened(article, copy, wants_mine="mine" in request.GET)
    return _editor(request, article, draft, base=base, copy_note=note)


def _opened(article: Article, copy: WorkingCopy | None, *, wants_mine: bool) -> tuple[Draft, int, str]:
    """Choose what to open: the present version, or what this person typed upon it and has not saved."""
    revision = article.newest
    if copy is None:
        return queries.draft_of(revision), revision.number, ""
    if copy.base_number == revision.number or wants_mine:
        return queries.draft_from_fields(copy.fields), copy.base_number, "restored"
    return queries.draft_of(revision), revision.number, "outdated"


def _save(request: StaffRequest, article: Article) -> HttpResponseBase:
    form = EditForm(request.POST, request.FILES)
    if not form.is_valid():
        return _faulty(request, article, form)
    try:
        draft = _with_cover(request, article, form, form.draft())
        saved = actions.save_revision(
            actor=request.user, article_id=article.pk, base_number=form.cleaned_data["base_number"], draft=draft,
            note=form.cleaned_data["note"], gives_up_review=form.cleaned_data["gives_up_review"],
        )  # fmt: skip
    except EditConflict as conflict:
        return _conflict(request, conflict, form)
    except InvalidDocument as invalid:
        return _faulty(request, article, form, invalid.problems)
    except Refused as refused:
        return _faulty(request, article, form, refused.reasons)
    messages.success(request, f"已保存第 {saved.number} 版。")
    return redirect("content:edit" if "stay" in request.POST else "content:article", article.pk)


def _with_cover(request: StaffRequest, article: Article, form: EditForm, draft: Draft) -> Draft:
    file = form.cleaned_data["cover_file"]
    if not file:
        return draft
    if file.size > MOST_COVER_BYTES:
        raise Refused("封面图片超过 10 MB。请压缩后再上传。")
    row = store_picture(actor=request.user, organisation=article.organisation, name=file.name, data=file.read())
    return replace(draft, cover=row.sha256)


def _faulty(
    request: StaffRequest, article: Article, form: EditForm, reasons: list[str] | None = None
) -> HttpResponseBase:
    """Show the editor again with everything that was typed."""
    for reason in reasons or []:
        form.add_error(None, reason)
    typed = {name: request.POST.get(name, "") for name in ("document", "body_text", "cover")}
    return _page(request, article, form, typed, status=409)


def _editor(request: StaffRequest, article: Article, draft: Draft, *, base: int, copy_note: str) -> HttpResponseBase:
    fields = queries.fields_of(draft)
    form = EditForm(initial={**fields, "base_number": base})
    typed = {
        "document": canonical_json(draft.document),
        "body_text": editable_text(draft.document),
        "cover": draft.cover,
    }
    return _page(request, article, form, typed, copy_note=copy_note)


def _page(
    request: StaffRequest,
    article: Article,
    form: EditForm,
    typed: dict[str, str],
    *,
    status: int = 200,
    copy_note: str = "",
) -> HttpResponseBase:
    context = {
        "title": f"修改：{article.title or '（没有标题）'}",
        "article": article,
        "badge": state_badge(article),
        "form": form,
        "typed": typed,
        "copy_note": copy_note,
        "saver": actions.saver_of(article.newest, actor=request.user),
        "base_number": form["base_number"].value(),
        "voiding": _voiding(article),
        "editing": queries.others_editing(actor=request.user, article=article),
        "image_url": queries.picture_url(article.pk, "0" * 64).replace("0" * 64, "{file}"),
        "model": model_for(article.organisation),
        "breadcrumbs": trail(article),
    }
    return render(request, "content/edit.html", context, status=status)


def _voiding(article: Article) -> str:
    """Say what a save would end: the review under way, or the approval."""
    return actions.VOIDING.get(ArticleState(article.state), "")


def _conflict(request: StaffRequest, conflict: EditConflict, form: EditForm) -> HttpResponseBase:
    """Show both texts. What was being saved is kept for this person, and stands in the form, ready to be saved."""
    article, current, mine = conflict.article, conflict.current, conflict.mine
    actions.autosave(
        actor=request.user, article_id=article.pk, base_number=form.cleaned_data["base_number"],
        fields=queries.fields_of(mine),
    )  # fmt: skip
    theirs = queries.draft_of(current)
    context = {
        "title": "这篇稿件有两份修改",
        "who": conflict.who,
        "article": article,
        "current": current,
        "mine": mine,
        "reasons": conflict.reasons,
        "difference": difference(theirs.document, mine.document),
        "changed_fields": [
            (label, getattr(theirs, name), getattr(mine, name))
            for name, label in queries.FIELD_NAMES.items()
            if getattr(theirs, name) != getattr(mine, name)
        ],
        "fields": [(name, value) for name, value in queries.fields_of(mine).items() if name != "document"],
        "document": canonical_json(mine.document),
        "mine_text": editable_text(mine.document),
        "theirs_text": editable_text(theirs.document),
        "note": form.cleaned_data["note"],
        "voiding": _voiding(article),
        "breadcrumbs": trail(article),
    }
    return render(request, "content/conflict.html", context, status=409)


def _for_script(view: Callable[..., JsonResponse]) -> Callable[..., HttpResponseBase]:
    """Answer the editor's script: refusals as `{"message"}`, 400 for a text that cannot be read, 409 for the rest."""

    @wraps(view)
    def answer(request: StaffRequest, article_id: int) -> HttpResponseBase:
        try:
            return view(request, article_id)
        except InvalidDocument as invalid:
            return JsonResponse({"message": "".join(invalid.problems[:2])}, status=400)
        except Refused as refused:
            return JsonResponse({"message": "".join(refused.reasons)}, status=409)

    return answer


@require_POST
@login_required
@_for_script
def autosave(request: StaffRequest, article_id: int) -> JsonResponse:
    """Keep what was typed: `{document, title, digest, version}` in, `{version, saved_at}` out.

    409 when somebody saved a version meanwhile; what was sent is kept all the same.
    """
    article = queries.find_article(actor=request.user, article_id=article_id)
    sent = read_json_object(request.body)
    revision = article.newest
    base = _version(sent.get("version"), revision.number)
    copy = queries.working_copy(actor=request.user, article=article)
    before = copy.fields if copy else queries.fields_of(queries.draft_of(revision))
    fields = {**before, **{name: sent[name] for name in ("document", "title", "digest") if name in sent}}
    row = actions.autosave(actor=request.user, article_id=article_id, base_number=base, fields=fields)
    if base != revision.number:
        who = actions.saver_of(revision, actor=request.user)
        message = f"{who}保存了第 {revision.number} 版。您的文字已自动保存，点“保存”对照两份文字。"
        return JsonResponse({"message": message}, status=409)
    saved_at = words.absolute(row.saved_at)[-5:] if row.saved_at else ""
    return JsonResponse({"version": base, "saved_at": saved_at})


def _version(value: Any, known: int) -> int:
    """Read the version the text was opened from; anything but a version that exists counts as the present one."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= known else known


@require_POST
@login_required
@_for_script
def screen(request: StaffRequest, article_id: int) -> JsonResponse:
    """Judge what is on the screen: `{document, title, digest}` in, `{findings}` out; waived ones are left out."""
    article = queries.find_article(actor=request.user, article_id=article_id)
    draft = _on_screen(read_json_object(request.body))
    _, found = queries.screen_draft(organisation=article.organisation, draft=draft)
    standing = queries.without_waived(found, queries.waivers_of(article))
    return JsonResponse({"findings": [one.for_editor() for one in standing]})


def _on_screen(sent: dict[str, Any]) -> Draft:
    return queries.Draft(
        title=str(sent.get("title") or ""),
        digest=str(sent.get("digest") or ""),
        document=parse_document(sent.get("document") or {}),
    )


@require_POST
@login_required
@_for_script
def opinions(request: StaffRequest, article_id: int) -> JsonResponse:
    """Ask the office's language model about what is on the screen, when a person presses the button, never otherwise.

    `{document, title, digest, version}` in, `{opinions, dropped, source}` out.
    """
    article = queries.find_article(actor=request.user, article_id=article_id)
    sent = read_json_object(request.body)
    version = _version(sent.get("version"), article.newest.number)
    said = actions.ask_opinions(actor=request.user, article_id=article_id, version=version, draft=_on_screen(sent))
    found = [one.for_editor() for one in said.found]
    return JsonResponse({"opinions": found, "dropped": said.dropped, "source": said.source})


@require_POST
@login_required
@_for_script
def present(request: StaffRequest, article_id: int) -> JsonResponse:
    """Tell that this person has the editor open, and hear who else has: `{others: [names]}`."""
    article = queries.find_article(actor=request.user, article_id=article_id)
    actions.keep_presence(actor=request.user, article_id=article_id)
    others = queries.others_editing(actor=request.user, article=article)
    return JsonResponse({"others": [str(person) for person in others]})


@require_POST
@login_required
def drop_copy(request: StaffRequest, article_id: int) -> HttpResponseBase:
    """Throw away what was typed and not saved."""
    actions.drop_working_copy(actor=request.user, article_id=article_id)
    messages.success(request, "没有保存的修改已丢弃。")
    return redirect("content:edit", article_id)
