"""Looking at the pictures of pieces in the background: their rows are the truth, a lost job is found by the sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.content.actions.screening import screen_revision
from zhijian.content.enums import ArticleState
from zhijian.content.models import Article, PictureLook
from zhijian.content.queries import THING_KIND, draft_of, find_article, unlooked_pictures
from zhijian.content.queries.pictures import may_try
from zhijian.files.queries import read_bytes
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.screening.pictures import BadPicture, read_picture
from zhijian.screening.pictures.machine import USUAL

if TYPE_CHECKING:
    from zhijian.organisations.models import User
    from zhijian.screening.pictures import Machine, PictureReading

JUDGED_AGAIN: Final = (ArticleState.DRAFT, ArticleState.RETURNED, ArticleState.IN_REVIEW)
LONGEST_REASON: Final = 200


def look_at_picture(*, sha256: str, machine: Machine = USUAL) -> PictureLook:
    """Read one picture and bring the reports of the open pieces that show it up to date. Never inside a transaction.

    What was read is kept first: a piece that cannot be judged loses no reading, and the sweep comes back to it.
    """
    look = PictureLook.objects.filter(sha256=sha256).first()
    if look is None or (look.not_looked and may_try(look)):
        look = _look(look or PictureLook(sha256=sha256, attempts=0), machine)
    if not look.not_looked:
        _screen_again(look)
    return look


def keep_reading(*, sha256: str, reading: PictureReading) -> PictureLook:
    """Keep what is known of a picture without reading it: one that the system itself has drawn. A look there stays."""
    known = {"reading": reading.as_data(), "looked_at": clock.now()}
    return PictureLook.objects.get_or_create(sha256=sha256, defaults=known)[0]


def _look(look: PictureLook, machine: Machine) -> PictureLook:
    """Read a picture and keep the look. A fault of the reader is tried again, a bad picture is for its editor."""
    reading, not_looked, bad = _read(look.sha256, machine)
    told = {
        "reading": reading, "not_looked": not_looked[:LONGEST_REASON], "bad": bad, "looked_at": clock.now(),
        "attempts": look.attempts + 1,
    }  # fmt: skip
    kept, _ = PictureLook.objects.update_or_create(sha256=look.sha256, defaults=told)
    return kept


def _read(sha256: str, machine: Machine) -> tuple[dict[str, object], str, bool]:
    empty: dict[str, object] = {"lines": [], "codes": []}
    try:
        reading = read_picture(read_bytes(sha256), machine=machine)
    except (BadPicture, Missing) as refused:
        return empty, str(refused), True
    return reading.as_data(), reading.not_looked, False


def _screen_again(look: PictureLook) -> None:
    """Judge the open pieces that show a picture, each by itself: those whose report is older than the look."""
    rows = Article.objects.filter(state__in=JUDGED_AGAIN, current_revision__isnull=False)
    rows = rows.filter(current_revision__document__icontains=look.sha256) | rows.filter(
        current_revision__cover=look.sha256
    )
    for article in rows.select_related("current_revision__report", "organisation").order_by("pk"):
        report = getattr(article.newest, "report", None)
        is_known = report is not None and report.screened_at > look.looked_at
        if not is_known and look.sha256 in draft_of(article.newest).files:
            with transaction.atomic():
                screen_revision(article=article, revision=article.newest)


def why_not_ask_for_look(*, actor: User, article: Article) -> list[str]:
    """Give every reason why nobody reads pictures of a piece once more."""
    reasons = why_not(Permission.ARTICLE_VIEW, actor=actor, thing=article)
    if not any(state.asks for state in unlooked_pictures(draft_of(article.newest))):
        reasons.append("没有要再读的图片：还没读的会自动读，坏的图片要换一张。")
    return reasons


@transaction.atomic
def ask_for_look(*, actor: User, article_id: int) -> int:
    """Have the pictures of a piece that could not be read tried again; return how many. Raises Refused, Missing."""
    article = find_article(actor=actor, article_id=article_id)
    reasons = why_not_ask_for_look(actor=actor, article=article)
    if reasons:
        raise Refused(reasons)
    files = [state.sha256 for state in unlooked_pictures(draft_of(article.newest)) if state.asks]
    asked = PictureLook.objects.filter(sha256__in=files).exclude(not_looked="").update(attempts=0)
    record(
        EventName.PICTURE_LOOK_ASKED, actor=actor, organisation_id=article.organisation_id, thing_kind=THING_KIND,
        thing_id=article.pk, data={"pictures": files},
    )  # fmt: skip
    return asked
