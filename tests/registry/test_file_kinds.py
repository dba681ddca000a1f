from __future__ import annotations

import pytest

from zhijian.registry.importing.reading import UnfitFile, read_file

PAPERS = [
    b"%PDF-1.4 junk", b"\n<html><table></table></html>", b"<!DOCTYPE html><p>", "关于停水的通知\n各单位：\n".encode(),
]  # fmt: skip


@pytest.mark.parametrize("content", PAPERS)
def test_a_paper_that_is_no_table_is_refused_with_a_way_out(content: bytes) -> None:
    with pytest.raises(UnfitFile, match="不是表格"):
        read_file(content=content)
