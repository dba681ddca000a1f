"""Tags with attributes without end cost no more than their length, and what is cut is told."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from zhijian.screening.looking import look_at
from zhijian.screening.pages import judge_page
from zhijian.screening.pages.crowds import MOST_ATTRIBUTES, Thinned, thinned

if TYPE_CHECKING:
    from zhijian.screening import RuleSet

WORD = "扫黑险恶"
SCRIPT = """for (var i = 0; i<n; i++) { a = "it's"; b = c>d ? 'x y' : /["']/; }
var s = '<p class="a" title=\\'b\\'>', t = a<b && c>=d; // don't
"""


def test_a_tag_of_a_hundred_thousand_attributes_is_cut_and_told(packaged: RuleSet) -> None:
    crowd = " ".join(f'a{number}="x"' for number in range(100_000))
    page = f"<html>\n<p {crowd}>前{WORD}</p><p>后</p></html>"
    began = time.process_time()
    looked = look_at(page.encode(), packaged, name="a.html")
    assert time.process_time() - began < 5
    assert [one.finding.excerpt for one in looked.seen if one.place.startswith("第")] == [WORD]
    assert looked.not_looked == (
        f"网页源码第 2 行的标签：一个标签的属性超过 {MOST_ATTRIBUTES} 个，其余的没有检查。请重新保存网页后再检查",
    )
    assert [one.kind for one in judge_page(page)] == ["not_looked"]
    code = f"<html><title><script></title><p {crowd}>字</p></script>"
    assert thinned(code).ends == 1
    usual = f"<html><script>{SCRIPT * 500}</script><p a='1' b=2 c>it's \"so\" <br/></p>"
    assert thinned(usual) == Thinned(usual)
