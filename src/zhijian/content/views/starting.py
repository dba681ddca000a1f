from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.content import actions, queries
from zhijian.content.document import marked_blocks
from zhijian.content.forms import PasteForm, StartForm, UploadForm
from zhijian.content.importing import IMPORT_LIMITS, full_width_punctuation
from zhijian.content.rules import WRITERS
from zhijian.lib.errors import Missing, Refused
from zhijian.ui.acting import put_reasons

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http.response import HttpResponseBase

    from zhijian.content.models import Article, ImportRecord
    from zhijian.lib.requests import StaffRequest

LIST = [("采编", "/desk/articles/")]
NEW = [*LIST, ("写稿", "/desk/articles/new/")]
NO_WRITER = ["写稿需要采编或主办人员角色，请联系本单位安全管理员。"]
LIKELY_NOISE = {"navigation", "forum", "duplicate", "footer"}


@require_GET
@login_required
def choose_start(request: StaffRequest) -> HttpResponseBase:
    """Offer the three ways to begin a piece."""
    reasons = [] if request.user.holds(*WRITERS) else NO_WRITER
    return render(request, "content/new.html", {"title": "写稿", "breadcrumbs": LIST, "reasons": reasons})


@require_http_methods(["GET", "POST"])
@login_required
def write(request: StaffRequest) -> HttpResponseBase:
    """Begin a piece with a title, then open the editor."""
    form = StartForm(request.POST or None, actor=request.user)

    def begin() -> Article:
        body = form.cleaned_data["organisation"]
        return actions.create_article(actor=request.user, organisation=body, draft=form.draft())

    return _start(request, form, begin, title="写一篇", then="content:edit")


@require_http_methods(["GET", "POST"])
@login_required
def paste(request: StaffRequest) -> HttpResponseBase:
    """Begin a piece from pasted words."""
    form = PasteForm(request.POST or None, actor=request.user)

    def begin() -> Article:
        data = form.cleaned_data
        return actions.import_pasted(
            actor=request.user, organisation=data["organisation"], text=data["text"], html=data["html"]
        )

    return _start(request, form, begin, title="粘贴文稿", then="content:imported")


@require_http_methods(["GET", "POST"])
@login_required
def upload(request: StaffRequest) -> HttpResponseBase:
    """Begin a piece from a file."""
    form = UploadForm(request.POST or None, request.FILES or None, actor=request.user)

    def begin() -> Article:
        file = form.cleaned_data["file"]
        if file.size > IMPORT_LIMITS.file_bytes:
            raise Refused("文件太大。请压缩里面的图片后再导入。")
        return actions.import_article(
            actor=request.user, organisation=form.cleaned_data["organisation"], name=file.name, data=file.read()
        )

    return _start(request, form, begin, title="上传文稿", then="content:imported")


def _start(
    request: StaffRequest, form: forms.Form, begin: Callable[[], Article], *, title: str, then: str
) -> HttpResponseBase:
    if request.method == "POST" and form.is_valid():
        try:
            article = begin()
        except Refused as refused:
            put_reasons(form, refused)
        else:
            return redirect(then, article.pk)
    reasons = [] if request.user.holds(*WRITERS) else NO_WRITER
    context = {"title": title, "form": form, "breadcrumbs": NEW, "reasons": reasons, "way": then}
    return render(request, "content/start.html", context, status=409 if form.errors else 200)


@require_GET
@login_required
def imported(request: StaffRequest, article_id: int) -> HttpResponseBase:
    """Show what an import took out and marked; everything can be put back."""
    article, record = _import_of(request, article_id)
    revision = article.newest
    document = queries.draft_of(revision).document
    marked = marked_blocks(document)
    context = {
        "title": article.title or "（没有标题）",
        "article": article,
        "record": record,
        "revision": revision,
        "html": queries.page_html(revision),
        "notices": [{"index": index, **notice} for index, notice in enumerate(record.notices)],
        "marked": [_choice(block) for block in marked],
        "checked": queries.checked(article, revision),
        "can_widen": full_width_punctuation(document) != document,
        "edit_reasons": why_not(Permission.ARTICLE_EDIT, actor=request.user, thing=article),
        "breadcrumbs": [*LIST, (article.title or "（没有标题）", f"/desk/articles/{article.pk}/")],
    }
    return render(request, "content/imported.html", context)


def _choice(block: Any) -> dict[str, Any]:
    path = "-".join(map(str, block.path))
    return {"path": path, "label": block.label, "text": block.text, "drop": block.kind in LIKELY_NOISE}


def _import_of(request: StaffRequest, article_id: int) -> tuple[Article, ImportRecord]:
    article = queries.find_article(actor=request.user, article_id=article_id)
    record = queries.import_record_of(article)
    if record is None:
        raise Missing
    return article, record


@require_POST
@login_required
def restore(request: StaffRequest, article_id: int) -> HttpResponseBase:
    """Put back what one notice took out."""
    queries.find_article(actor=request.user, article_id=article_id)
    notice, base = _number(request, "notice"), _number(request, "base_number")
    actions.restore_removed(actor=request.user, article_id=article_id, notice=notice, base_number=base)
    messages.success(request, "已放回正文末尾，请调整位置。")
    return redirect("content:imported", article_id)


@require_POST
@login_required
def settle(request: StaffRequest, article_id: int) -> HttpResponseBase:
    """Delete the chosen marked blocks, keep the others."""
    queries.find_article(actor=request.user, article_id=article_id)
    drop = [tuple(int(part) for part in path.split("-")) for path in request.POST.getlist("drop") if _is_path(path)]
    actions.settle_marked(
        actor=request.user, article_id=article_id, drop=drop, base_number=_number(request, "base_number")
    )
    messages.success(request, "标出的内容已处理。")
    return redirect("content:imported", article_id)


@require_POST
@login_required
def widen(request: StaffRequest, article_id: int) -> HttpResponseBase:
    """Make the half-width signs of the text full-width."""
    queries.find_article(actor=request.user, article_id=article_id)
    actions.widen_punctuation(actor=request.user, article_id=article_id, base_number=_number(request, "base_number"))
    messages.success(request, "半角标点已改为全角。")
    return redirect("content:imported", article_id)


def _is_path(text: str) -> bool:
    return len(text) < 60 and all(part.isascii() and part.isdigit() for part in text.split("-"))  # noqa: PLR2004 - far above any real depth


def _number(request: StaffRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004 - keeps the number in PostgreSQL's integer
        raise Refused("表单不完整，请返回上一页刷新后再试。")
    return int(text)
