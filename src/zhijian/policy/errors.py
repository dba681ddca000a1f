"""What can go wrong when a rule is read: each error tells a person, in Chinese, what happened and what to do."""

from __future__ import annotations


class PolicyError(ValueError):
    """Anything the policy room refuses; the message is a Chinese sentence fit for a page."""


class BadData(PolicyError):  # noqa: N818 -- the name says what is wrong
    """A pack, calendar or platform file does not hold; the message names file, place and remedy."""

    def __init__(self, file: str, place: str, problem: str, remedy: str) -> None:
        self.file, self.place, self.problem, self.remedy = file, place, problem, remedy
        super().__init__(f"{file} 的 {place}：{problem}。{remedy}。")


class UnknownKey(PolicyError):  # noqa: N818 -- the name says what is wrong
    """A rule was asked for whose key is not in the catalogue `keys.toml`."""


class UnknownPack(PolicyError):  # noqa: N818 -- the name says what is wrong
    """A body names a policy pack that is not installed."""


class UnknownContext(PolicyError):  # noqa: N818 -- the name says what is wrong
    """A question used a circumstance, or a word for it, that the catalogue does not know."""


class NoValue(PolicyError):  # noqa: N818 -- the name says what is wrong
    """The key is known, but no pack has a value in force for these circumstances."""


class UnknownYear(PolicyError):  # noqa: N818 -- the name says what is wrong
    """No holiday notice of this year is stored, so working days cannot be told from days off."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            f"还没有录入{year}年的放假安排，无法确定哪些天上班。"
            f"请按国务院办公厅的放假通知补一份 {year}.toml，放进日历目录后重算。",
        )
