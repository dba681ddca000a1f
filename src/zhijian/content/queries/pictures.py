"""What is written on the pictures of a piece, judged by the rules of its body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from zhijian.content.enums import ArticleState
from zhijian.content.models import Article, PictureLook
from zhijian.content.queries.drafts import draft_of
from zhijian.files.queries import read_bytes
from zhijian.knowledge.queries import ruleset_for
from zhijian.lib import clock
from zhijian.screening.pictures import draw_boxes, judge_picture, reading_from_data

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from zhijian.content.models import ScreeningReport
    from zhijian.content.queries.drafts import Draft
    from zhijian.screening import RuleSet
    from zhijian.screening.pictures import PictureFinding, PictureReading

WAITS: Final = tuple(timedelta(minutes=minutes) for minutes in (0, 1, 5, 30, 120))
"""How long after the n-th failed attempt a picture is tried again; after the last one nobody tries unasked."""
MOST_ATTEMPTS: Final = len(WAITS)
RECENT: Final = timedelta(days=14)
AT_ONCE: Final = 200
_OPEN: Final = (ArticleState.DRAFT, ArticleState.RETURNED, ArticleState.IN_REVIEW)
NOT_YET: Final = "还没有轮到。"


@dataclass(frozen=True, slots=True)
class PictureState:
    """One picture of a version that was not read, or not to its end, at its first place in the version, and why.

    `asks`: nobody tries again unless a person asks. What is asked for in vain (a damaged or over-long picture) never
    `asks`: somebody has to replace it, or look at it and sign.
    """

    sha256: str
    part: str
    block: tuple[int, ...]
    reason: str
    asks: bool = False


def places_of(draft: Draft) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Yield (file, part, block) of the cover and the pictures of the body."""
    if draft.cover:
        yield draft.cover, "cover", ()
    for path, item in draft.document.walk():
        if item.kind == "image" and item.attribute("file"):
            yield str(item.attribute("file")), "picture", path


def picture_findings(*, draft: Draft, ruleset: RuleSet) -> Iterator[tuple[str, str, tuple[int, ...], PictureFinding]]:
    """Yield (file, part, block, finding) for all pictures of a draft that were read. One query, none without."""
    places = list(places_of(draft))
    looks = _looks({file for file, _, _ in places}) if places else {}
    for file, part, block in places:
        look = looks.get(file)
        if look is not None and not look.not_looked:
            for found in judge_picture(_reading_of(look), ruleset):
                yield file, part, block, found


def unlooked_pictures(draft: Draft) -> list[PictureState]:
    """Return the pictures of a draft nobody has read yet, could not, or read only in part."""
    places: dict[str, tuple[str, tuple[int, ...]]] = {}
    for file, part, block in places_of(draft):
        places.setdefault(file, (part, block))
    looks = _looks(places) if places else {}
    found = [_state(file, *place, looks.get(file)) for file, place in places.items()]
    return [state for state in found if state is not None]


def _state(file: str, part: str, block: tuple[int, ...], look: PictureLook | None) -> PictureState | None:
    if look is None:
        return PictureState(file, part, block, NOT_YET)
    if not look.not_looked:
        partly = _reading_of(look).partly
        return PictureState(file, part, block, partly) if partly else None
    if look.bad:
        return PictureState(file, part, block, f"{look.not_looked.removesuffix('。')}。请换一张图片。")
    if look.attempts < MOST_ATTEMPTS:
        again = "稍后自动再读。" if look.attempts else "正在再读。"
        return PictureState(file, part, block, f"{look.not_looked}{again}")
    return PictureState(file, part, block, f"{look.not_looked}试了 {MOST_ATTEMPTS} 次都没有读成。", asks=True)


def due_pictures() -> list[str]:
    """Return the pictures that wait for a look, and those read after the last report of a piece; at most 200.

    Asked are open pieces changed in the last two weeks; what a person asked for is due whatever shows it.
    """
    shown = _shown_since(clock.now() - RECENT)
    looks = _looks(shown)
    asked = PictureLook.objects.filter(attempts=0).exclude(not_looked="").values_list("sha256", flat=True)
    found = dict.fromkeys(asked[:AT_ONCE])
    found |= dict.fromkeys(file for file, judged_at in shown.items() if _is_due(looks.get(file), judged_at))
    return list(found)[:AT_ONCE]


def _shown_since(moment: datetime) -> dict[str, datetime | None]:
    """Return the pictures of open pieces changed since then, with the time of the oldest report of a piece."""
    rows = Article.objects.filter(state__in=_OPEN, changed_at__gte=moment)
    rows = rows.select_related("current_revision__report").order_by("-changed_at")
    found: dict[str, datetime | None] = {}
    for article in rows[: AT_ONCE * 5].iterator(chunk_size=AT_ONCE):
        report: ScreeningReport | None = getattr(article.newest, "report", None)
        for file, _, _ in places_of(draft_of(article.newest)):
            times = [at for at in (found.get(file), report.screened_at if report else None) if at]
            found[file] = min(times, default=None)
    return found


def _is_due(look: PictureLook | None, judged_at: datetime | None) -> bool:
    if look is None:
        return True
    if look.not_looked:
        return may_try(look)
    return judged_at is not None and look.looked_at > judged_at


def may_try(look: PictureLook) -> bool:
    """Tell whether a picture that could not be read is to be tried again by now."""
    if look.bad or look.attempts >= MOST_ATTEMPTS:
        return False
    return look.looked_at + WAITS[look.attempts] <= clock.now()


def boxed_picture(*, article: Article, sha256: str) -> bytes:
    """Return a PNG of a picture with boxes round what is found on it; without boxes when it was not read."""
    data, look = read_bytes(sha256), _looks([sha256]).get(sha256)
    found = judge_picture(_reading_of(look), ruleset_for(article.organisation)) if look else []
    return draw_boxes(data, found)


def _looks(files: Iterable[str]) -> dict[str, PictureLook]:
    return {look.sha256: look for look in PictureLook.objects.filter(sha256__in=list(files))}


def _reading_of(look: PictureLook) -> PictureReading:
    """Read a stored look back. The file itself carries no metadata any more: pictures are drawn anew at upload."""
    return reading_from_data(look.reading, not_looked=look.not_looked)
