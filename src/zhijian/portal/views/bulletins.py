"""The bulletins of inspection, for every citizen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from zhijian.assessment.queries import COLUMNS, lines_of, public_bulletin, public_bulletins, word_document

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = 20
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


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
    response = HttpResponse(word_document(version), content_type=WORD)
    name = f"{version.title}.docx"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
