"""A file that was made for whoever asked."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF: Final = "application/pdf"


def download(data: bytes, *, name: str, kind: str) -> HttpResponse:
    """Return bytes as a file to be saved under `name`; `kind` is its media type."""
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
