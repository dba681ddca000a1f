"""Write docs/guide/规则覆盖.md: what the packaged rules cover, category by category, and where they are thin.

`python scripts/rule_coverage.py` writes the page; a test holds that the page tells what the rules are.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from zhijian.screening import Category, Disguise, Severity, default_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.screening import Rule

PAGE = Path(__file__).resolve().parents[1] / "docs" / "guide" / "规则覆盖.md"
FEWEST = {
    Category.STATE_NAME: 40, Category.ORG_TITLE: 150, Category.POLITICAL_TERM: 130, Category.PLACE_NAME: 400,
    Category.TYPO: 600, Category.CONFUSABLE: 100, Category.SOVEREIGNTY: 60, Category.ETHNIC_RELIGION: 45,
    Category.LEGAL: 55, Category.SOCIAL: 70, Category.SUPERLATIVE: 25, Category.INTERNATIONAL: 40,
    Category.PUNCTUATION: 35, Category.NUMBERS: 20, Category.DOCUMENT_NUMBER: 15, Category.ADVERT: 30,
    Category.OFF_VOICE: 25, Category.SECRECY_HINT: 25, Category.PRIVACY: 15, Category.BAD_LINK: 30,
}  # fmt: skip
"""The fewest rules of each category that a release may have."""
KEPT_BY_BODIES = (Category.LEADER_NAME_TITLE, Category.BODY_TERM)
"""Categories whose rules come from a body's own tables; none is shipped."""
HEAD = """# 规则覆盖

系统自带的检查规则一共 **{rules:,}** 条，错误词形 {forms:,} 个。
每条都写明依据，并带有至少两个应当查出的例子和两个不应当查出的例子，每次改动都逐条核对。这一页由规则自动写成（`scripts/rule_coverage.py`），不用手改。

| 类别 | 规则 | 严重错误 | 错误 | 提醒 | 建议 | 词形 | 靠程序判断 | 识别伪装写法 | 依据（种） | 下限 |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
"""
FOOT = """
“靠程序判断”指日期、校验码、区划、前后不一致这一类，不靠词表。“识别伪装写法”指能认出繁体、夹字、形近字、同音字、拆字等写法的规则数。
“下限”是发布新版本时这一类最少要有的条数。

## 哪里还薄

{thin}

## 由各单位自己维护的类别

{own}。这些内容因地因时而变，系统不带任何名单，由各单位在[用语表](用语表.md)里维护，审核以后生效。
"""


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(default_rules()), encoding="utf-8")


def page(rules: Sequence[Rule]) -> str:
    """Return the page for these rules."""
    by_category = {category: [rule for rule in rules if rule.category is category] for category in FEWEST}
    head = HEAD.format(rules=len(rules), forms=sum(len(rule.wrong) for rule in rules))
    rows = "".join(_row(category, found) for category, found in by_category.items())
    own = "、".join(category.label for category in KEPT_BY_BODIES)
    return head + rows + FOOT.format(thin="\n".join(_thin(by_category)), own=own)


def _row(category: Category, rules: Sequence[Rule]) -> str:
    severities = Counter(rule.severity for rule in rules)
    cells = [
        category.label,
        len(rules),
        *(severities[severity] for severity in Severity),
        sum(len(rule.wrong) for rule in rules),
        sum(bool(rule.detector) for rule in rules),
        sum(_sees_through(rule) for rule in rules),
        len({rule.source for rule in rules}),
        FEWEST[category],
    ]
    return f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else cell for cell in cells)} |\n"


def _sees_through(rule: Rule) -> bool:
    return bool(rule.disguises - {Disguise.WIDTH, Disguise.CASE, Disguise.ZERO_WIDTH}) and bool(rule.wrong)


def _thin(by_category: dict[Category, list[Rule]]) -> list[str]:
    """Return a sentence for each category near its floor or with mostly lone forms."""
    told = []
    for category, rules in by_category.items():
        faults = []
        if len(rules) < FEWEST[category] * 1.1:
            faults.append("条数接近下限")
        lone = sum(len(rule.wrong) == 1 for rule in rules)
        if lone > len(rules) / 2:
            faults.append(f"{lone} 条只有一个词形")
        if faults:
            told.append(f"- {category.label}：{'；'.join(faults)}。")
    return told or ["没有明显的薄弱处。"]


if __name__ == "__main__":
    main()
