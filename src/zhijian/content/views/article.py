from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.content import actions, queries
from zhijian.content.enums import ArticleState
from zhijian.content.forms import WaiverForm
from zhijian.content.views.lists import state_badge
from zhijian.content.views.starting import LIST
from zhijian.files.queries import file_facts, read_bytes
from zhijian.lib.errors import Missing, Refused
from zhijian.review.queries import current_review, steps_of
from zhijian.ui.acting import tell_reasons
from zhijian.ui.confirm import confirmation

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.content.models import Article
    from zhijian.lib.requests import StaffRequest

LONGEST_ID = 15
OVER = (ArticleState.APPROVED, ArticleState.DISCARDED)
FOR_EVER = "private, max-age=31536000, immutable"


@require_GET
@login_required
def show(request: StaffRequest, article_id: int) -> HttpResponseBase:
    """Show a piece: what can be done, the present text, what screening found, the review, versions and history."""
    article = queries.find_article(actor=request.user, article_id=article_id)
    return render(request, "content/article.html", _page(request, article))


def _page(request: StaffRequest, article: Article) -> dict[str, Any]:
    actor, revision = request.user, article.newest
    review = current_review(thing_kind=queries.THING_KIND, thing_id=article.pk)
    report = queries.checked(article, revision)
    return {
        "title": article.title or "（没有标题）",
        "article": article,
        "badge": state_badge(article),
        "revision": revision,
        "html": queries.page_html(revision),
        "checked": report,
        "open_findings": _with_reasons(actor, article, report),
        "review": review,
        "steps": steps_of(review) if review else [],
        "in_review": article.state == ArticleState.IN_REVIEW,
        "was_imported": queries.import_record_of(article) is not None,
        "revisions": queries.revisions_of(article),
        "timeline": queries.history_of(article),
        "editing": queries.others_editing(actor=actor, article=article),
        "working": queries.working_copy(actor=actor, article=article),
        "edit_reasons": why_not(Permission.ARTICLE_EDIT, actor=actor, thing=article),
        "submit_reasons": actions.why_not_submit(actor=actor, article=article),
        "advice": actions.unfit_for(article=article, platform="wechat") if article.state not in OVER else [],
        "discard_reasons": actions.why_not_discard(actor=actor, article=article),
        "withdraw_reasons": why_not(Permission.REVIEW_WITHDRAW, actor=actor, thing=review) if review else [],
        "extras": queries.extras_of(actor=actor, article=article),
        "breadcrumbs": LIST,
    }


def _with_reasons(actor: Any, article: Article, report: queries.Checked) -> list[dict[str, Any]]:
    """Pair each finding with why it cannot be set aside; the answer is the same for findings of one kind."""
    known: dict[tuple[Any, ...], list[str]] = {}
    pairs = []
    for found in (*report.unread, *report.open):
        kind = (found.severity, found.is_gap, found.is_unread, found.is_private)
        if kind not in known:
            known[kind] = actions.why_not_waive(actor=actor, article=article, found=found)
        pairs.append({"found": found, "reasons": known[kind]})
    return pairs


@require_GET
@login_required
def show_version(request: StaffRequest, article_id: int, number: int) -> HttpResponseBase:
    """Show one exact version."""
    article = queries.find_article(actor=request.user, article_id=article_id)
    revision = queries.find_revision(article, number)
    context = {
        "title": f"第 {number} 版：{revision.title or '（没有标题）'}",
        "article": article,
        "revision": revision,
        "html": queries.page_html(revision),
        "checked": queries.checked(article, revision),
        "is_current": article.current_revision_id == revision.pk,
        "breadcrumbs": trail(article),
    }
    return render(request, "content/version.html", context)


@require_GET
@login_required
def compare(request: StaffRequest, article_id: int, old: int, new: int) -> HttpResponseBase:
    """Show what changed from one version to another."""
    article = queries.find_article(actor=request.user, article_id=article_id)
    before, after = queries.find_revision(article, old), queries.find_revision(article, new)
    changed, difference = queries.compare(before, after)
    context = {
        "title": f"第 {old} 版和第 {new} 版对照",
        "article": article,
        "before": before,
        "after": after,
        "changed_fields": changed,
        "difference": difference,
        "revisions": queries.revisions_of(article),
        "breadcrumbs": trail(article),
    }
    return render(request, "content/compare.html", context)


@require_GET
@login_required
def choose_comparison(request: StaffRequest, article_id: int) -> HttpResponseBase:
    """Go to the comparison that was chosen in the form (`old`, `new`)."""
    article = queries.find_article(actor=request.user, article_id=article_id)
    numbers = [request.GET.get(name, "") for name in ("old", "new")]
    known = {str(revision.number) for revision in queries.revisions_of(article)}
    if not set(numbers) <= known:
        raise Missing
    return redirect("content:compare", article.pk, *map(int, numbers))


@require_GET
@login_required
def picture(request: StaffRequest, article_id: int, sha256: str) -> HttpResponseBase:
    """Serve a picture of a piece to everybody who may see the piece, reviewers at other bodies included."""
    article = queries.find_article(actor=request.user, article_id=article_id)
    facts = file_facts([sha256]).get(sha256)
    if facts is None or not queries.holds_file(article, sha256):
        raise Missing
    response = HttpResponse(read_bytes(sha256), content_type=facts.media_type)
    response["Cache-Control"] = FOR_EVER
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_GET
@login_required
def picture_boxes(request: StaffRequest, article_id: int, sha256: str) -> HttpResponseBase:
    """Serve a picture of a piece with numbered boxes round what the rules of today find on it."""
    article = queries.find_article(actor=request.user, article_id=article_id)
    if sha256 not in file_facts([sha256]) or not queries.holds_file(article, sha256):
        raise Missing
    response = HttpResponse(queries.boxed_picture(article=article, sha256=sha256), content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_POST
@login_required
def submit(request: StaffRequest, article_id: int) -> HttpResponseBase:
    """Send the present version to review; `target` names the platforms it is meant for."""
    targets = [code for code in queries.PLATFORMS if code in request.POST.getlist("target")]
    try:
        actions.submit_article(actor=request.user, article_id=article_id, targets=targets)
    except Refused as refused:
        tell_reasons(request, refused)
    else:
        messages.success(request, "已送审。审核有了结果会出现在工作台。")
    return redirect("content:article", article_id)


@require_http_methods(["GET", "POST"])
@login_required
def discard(request: StaffRequest, article_id: int) -> HttpResponseBase:
    """Throw a draft away; GET asks first."""
    article = queries.find_article(actor=request.user, article_id=article_id)
    if request.method == "GET":
        return confirmation(
            request,
            title="作废这篇稿件？",
            text=f"“{article.title or '（没有标题）'}”作废后不能再改，各版本仍可查看。",
            act="作废",
            tone="danger",
            back=f"/desk/articles/{article.pk}/",
            reasons=actions.why_not_discard(actor=request.user, article=article),
        )
    actions.discard_article(actor=request.user, article_id=article.pk)
    messages.success(request, "稿件已作废。")
    return redirect("content:list")


@require_POST
@login_required
def waive(request: StaffRequest, article_id: int) -> HttpResponseBase:
    """Set one finding of the present version aside, with a reason."""
    queries.find_article(actor=request.user, article_id=article_id)
    form = WaiverForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写明放行理由，最多 200 个字。")
        return _back(request, article_id)
    try:
        actions.waive_finding(
            actor=request.user, article_id=article_id, finding_id=form.cleaned_data["finding"],
            reason=form.cleaned_data["reason"],
        )  # fmt: skip
    except Refused as refused:
        tell_reasons(request, refused)
    else:
        messages.success(request, "已放行，理由和您的名字记在检查报告里。")
    return _back(request, article_id)


@require_POST
@login_required
def read_again(request: StaffRequest, article_id: int) -> HttpResponseBase:
    """Have the pictures that could not be read tried once more."""
    try:
        asked = actions.ask_for_look(actor=request.user, article_id=article_id)
    except Refused as refused:
        tell_reasons(request, refused)
    else:
        messages.success(request, f"{asked} 张图片会在一两分钟内再读一次，结果写在检查报告里。")
    return _back(request, article_id)


def _back(request: StaffRequest, article_id: int) -> HttpResponseBase:
    review = request.POST.get("review", "")
    if review.isascii() and review.isdigit() and len(review) <= LONGEST_ID:
        return redirect(f"/desk/review/{int(review)}/")
    return redirect("content:article", article_id)


def trail(article: Article) -> list[tuple[str, str]]:
    """Return the way to the page of a piece."""
    return [*LIST, (article.title or "（没有标题）", f"/desk/articles/{article.pk}/")]
