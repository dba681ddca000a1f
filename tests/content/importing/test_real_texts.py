"""The texts that lie beside the checkout; they may not be copied into it, so nothing of their body is quoted here."""

import re
from datetime import date
from pathlib import Path

import pytest

from zhijian.content.document import marked_blocks, plain_text
from zhijian.content.importing import import_file

FOLDER = Path(__file__).parents[4] / "shared" / "data" / "texts"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the real texts do not lie beside this checkout")
LEFT_OVER = re.compile(r"找回密码|使用道具|显示全部楼层|Rank:|积分|ICP备|当前位置|字体|扫一扫|责任编辑|分享到|\$ M8")
HAN = re.compile(r"[\u4e00-\u9fff]")
EXPECTED = {
    "city_notice_2019.txt": ("青岛市政府办公厅文秘处", date(2019, 3, 20), 26, 0),
    "forum_copy_2018.txt": ("中国政府网", date(2018, 12, 29), 29, 1),
    "press_2018.txt": ("人民日报", date(2018, 12, 27), 18, 0),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_page_comes_out_as_a_reader_wants_it(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    imported = import_file(name, data)
    source, day, blocks, missing_images = EXPECTED[name]
    lines = plain_text(imported.document).text.splitlines()
    assert (imported.source, imported.published_on, len(lines)) == (source, day, blocks)
    assert [block.kind for block in marked_blocks(imported.document)] == ["missing_image"] * missing_images
    assert [line for line in lines if LEFT_OVER.search(line)] == []
    assert len(set(lines)) == len(lines)
    assert imported.title in data.decode()


@pytest.mark.parametrize("name", EXPECTED)
def test_no_long_paragraph_of_a_real_page_is_lost(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    kept = plain_text(import_file(name, data).document).text
    long_lines = {
        re.sub(r"^[\s•●]+", "", line).strip() for line in data.decode().splitlines() if len(HAN.findall(line)) > 30
    }
    assert [line for line in long_lines if line not in kept and "当前位置" not in line] == []
