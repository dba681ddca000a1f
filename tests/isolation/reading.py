"""What an answer tells: its body, unpacked where it is a file, and its headers."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

ZIPPED = ("officedocument", "application/zip")


def bytes_of(answer: HttpResponseBase | Any) -> bytes:
    """Return the body, streamed or not."""
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def told_by(answer: HttpResponseBase | Any, body: bytes) -> str:
    """Return everything an answer tells as text: headers, body, the members of an archive."""
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
    cookies = str(getattr(answer, "cookies", ""))
    if any(kind in answer.get("Content-Type", "") for kind in ZIPPED) and body:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = [archive.read(name) for name in archive.namelist()]
            body = b"\n".join([*parts, *(name.encode() for name in archive.namelist())])
    text = body.decode("utf-8", "replace")
    return unquote(f"{headers}\n{cookies}\n{text}")


def words_with(mark: str, text: str) -> set[str]:
    """Return the words in `text` that carry a body's mark, without the mark."""
    return {found.removeprefix(mark) for found in re.findall(rf"{mark}(?:\.?[a-z0-9]+)*", text.lower())}
