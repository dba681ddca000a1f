"""The words in which a likeness is told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Trick(StrEnum):
    SOUND = "sound"
    NEAR_SOUND = "near_sound"
    SHAPE = "shape"
    OTHER = "other"
    TRADITIONAL = "traditional"
    INSERTED = "inserted"
    SWAPPED = "swapped"
    HIDDEN = "hidden"
    WIDTH = "width"
    EMOJI = "emoji"
    MARKS = "marks"
    LETTERS = "letters"
    REGION = "region"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Trick.SOUND: "同音字",
    Trick.NEAR_SOUND: "近音字",
    Trick.SHAPE: "形近字",
    Trick.OTHER: "改了一个字",
    Trick.TRADITIONAL: "繁体字",
    Trick.INSERTED: "插入字词",
    Trick.SWAPPED: "调换字序",
    Trick.HIDDEN: "看不见的字符",
    Trick.WIDTH: "全角字符",
    Trick.EMOJI: "表情或图形",
    Trick.MARKS: "夹入符号",
    Trick.LETTERS: "形近字母",
    Trick.REGION: "换了地区",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One trick and where it was seen, ready to be read: `同音字：“法”代“发”`."""

    trick: Trick
    detail: str

    def __str__(self) -> str:
        return f"{self.trick.label}：{self.detail}"


@dataclass(frozen=True, slots=True)
class Alike:
    """An official name and how much the asked one looks like it (0 to 1), with every reason."""

    official: str
    score: float
    reasons: tuple[Reason, ...]
