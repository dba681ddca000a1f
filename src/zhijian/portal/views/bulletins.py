"""The bulletins of inspection, for every citizen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhijian.assessment.queries import (
    COLUMNS,
    lines_of,
    pdf_document,
    public_bulletin,
    public_bulletins,
    word_document,
)
from zhijian.ui.downloads import PDF, WORD, download

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = 20


@require_safe
def bulletins(request: HttpRequest) -> HttpResponse:
    """List what was published, the newest first."""
    page = Paginator(public_bulletins(), PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/bulletins.html", {"title": "检查通报", "page": page, "query": ""})


@require_safe
def bulletin(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Show one bulletin exactly as it was approved."""
    version = public_bulletin(bulletin_id)
    context = {
        "title": version.title, "version": version, "heads": [label for _, label in COLUMNS],
        "rows": lines_of(version.figures),
    }  # fmt: skip
    return render(request, "portal/bulletin.html", context)


@require_safe
def bulletin_word(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Give one bulletin as a Word document."""
    _ = request
    version = public_bulletin(bulletin_id)
    return download(word_document(version), name=f"{version.title}.docx", kind=WORD)


@require_safe
def bulletin_pdf(request: HttpRequest, bulletin_id: int) -> HttpResponse:
    """Give one bulletin as PDF."""
    _ = request
    version = public_bulletin(bulletin_id)
    return download(pdf_document(version), name=f"{version.title}.pdf", kind=PDF)
