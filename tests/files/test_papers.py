"""Papers beside pictures: PDF and Word as they are, by their bytes and not by their names; everything else in words."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from tests.people import make_county
from tests.registry.filing_desk import picture

from zhijian.files.actions import MAX_BYTES, store_paper
from zhijian.files.models import StoredFile
from zhijian.files.queries import read_bytes
from zhijian.lib.errors import Refused
from zhijian.organisations.enums import Role

PDF = b"%PDF-1.7\n%%EOF\n"


def word() -> bytes:
    out = io.BytesIO()
    Document().save(out)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("a.txt", "a")
    return out.getvalue()


@pytest.mark.django_db
def test_papers_are_known_by_their_bytes_kept_once_and_refused_in_words() -> None:
    county = make_county()
    actor = county.person("officer", county.water, Role.SUPERVISING_OFFICER)

    def keep(name: str, data: bytes) -> StoredFile:
        return store_paper(actor=actor, organisation=county.water, name=name, data=data)

    kept = [keep("方案.doc", PDF), keep("承诺书.pdf", word()), keep("证书.docx", picture())]
    assert [row.media_type.rpartition("/")[2].rpartition(".")[2] for row in kept] == ["pdf", "document", "png"]
    assert (read_bytes(kept[0].sha256), keep("另一个名字.pdf", PDF)) == (PDF, kept[0])
    for data, reason in (
        (archive(), "只收 PDF、Word"), (b"PK\x03\x04 cut", "可能已损坏"),
        (b"words", "只收 PDF、Word"), (b"\x89PNG cut", "打不开"),
        (PDF + b"0" * MAX_BYTES, "超过 10 MB"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=reason):
            keep("材料.docx", data)
    stranger = county.person("stranger", county.school, Role.HOST_OFFICER)
    with pytest.raises(Refused, match="不能为它上传"):
        store_paper(actor=stranger, organisation=county.water, name="x.pdf", data=PDF)
    assert StoredFile.objects.count() == 3
