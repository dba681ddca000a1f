"""The two answers every room gives when it does not do what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

if TYPE_CHECKING:
    from collections.abc import Sequence


class Refused(Exception):  # noqa: N818 - reads as what happened: the act was refused
    """An act is refused. `reasons` are Chinese sentences, each saying what is in the way and what to do."""

    def __init__(self, reasons: Sequence[str] | str) -> None:
        self.reasons = [reasons] if isinstance(reasons, str) else list(reasons)
        super().__init__(" ".join(self.reasons))


class Missing(Http404):
    """The thing is not there, or it belongs to a body this person may not see: the answer is the same."""

    def __init__(self, sentence: str = "没有找到这项内容。它可能已经移走，或者不在您的管理范围内。") -> None:
        super().__init__(sentence)
