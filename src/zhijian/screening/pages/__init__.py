"""Web pages judged for what was put into them: hidden blocks, runs of keywords, strange scripts, foreign titles.

Pure: a page is handed over as text. Whether its owner meant it, nobody can tell from one sign; so a page counts as
hijacked only when a serious finding stands, and every finding shows the very words.
"""

from zhijian.screening.pages.judging import PageFinding, PageVerdict, judge_page, verdict_of
from zhijian.screening.pages.variants import judge_variants

__all__ = ["PageFinding", "PageVerdict", "judge_page", "judge_variants", "verdict_of"]
