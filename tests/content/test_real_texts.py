"""The real texts that an office would bring: imported, cleaned, judged without a wrong serious finding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from zhijian.content import actions, queries
from zhijian.content.document import from_blocks, plain_text

if TYPE_CHECKING:
    from tests.content.newsroom import Newsroom

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "texts"
FILES = sorted(FOLDER.glob("*.txt")) if FOLDER.is_dir() else []
NOISE = (
    "当前位置", "找回密码", "主题", "积分", "发表于", "Powered by", "扫一扫在手机打开当前页", "字体大小", "快速回复"
)  # fmt: skip

pytestmark = pytest.mark.skipif(not FILES, reason="no folder of real texts beside the checkout")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_real_text_becomes_a_clean_piece(path: Path, newsroom: Newsroom) -> None:
    article = actions.import_article(
        actor=newsroom.editor, organisation=newsroom.county.water, name=path.name, data=path.read_bytes()
    )
    draft = queries.draft_of(article.newest)
    kept = from_blocks(block for block in draft.document.blocks if not block.marked)
    words = plain_text(kept).text.splitlines()
    assert draft.title
    assert [line for line in words if any(line.startswith(noise) for noise in NOISE)] == []
    long_lines = [line for line in words if len(line) > 40]
    assert len(long_lines) == len(set(long_lines))
    assert len("".join(words)) > 1_000
    record = queries.import_record_of(article)
    assert record is not None
    assert record.notices != []
    report = queries.checked(article, article.newest)
    assert report.report is not None
    assert [(one.rule, one.excerpt) for one in report.open if one.severity == "veto"] == []
