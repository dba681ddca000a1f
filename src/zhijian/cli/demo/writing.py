"""Pieces from the first line to the last signature, each at its time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from zhijian.cli.demo.moments import step
from zhijian.cli.demo.people import holder
from zhijian.cli.demo.pictures import DESCRIPTIONS, WITH_WORDS, draw, drawn_reading
from zhijian.cli.demo.signing import sign_next
from zhijian.cli.demo.texts import body_of, digest_of_text, texts_of_today
from zhijian.content import actions
from zhijian.content.enums import ItemClass, Origin
from zhijian.content.queries import Draft
from zhijian.files.actions import store_picture
from zhijian.lib import clock
from zhijian.organisations.enums import Role
from zhijian.review.enums import ReviewState
from zhijian.review.queries import current_review

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from zhijian.cli.demo.bodies import Bodies
    from zhijian.cli.demo.people import People
    from zhijian.content.models import Article
    from zhijian.organisations.models import Organisation, User
    from zhijian.review.models import Review

SIGNED: Final = {"first": 0, "second": 1, "final": 2, "head": 3, "returned": 0}
"""How many stages have signed of a piece that is still on its way."""
THING_KIND: Final = "content.article"
SAY_EVERY: Final = 20


@dataclass(frozen=True, slots=True)
class Written:
    """A piece as it was loaded: what the data file says, its newest version, and when the last act on it happened."""

    row: dict[str, Any]
    article_id: int
    revision_id: int
    last: datetime

    @property
    def state(self) -> str:
        return str(self.row["state"])


def write_pieces(bodies: Bodies, people: People, say: Callable[[str], None]) -> list[Written]:
    """Write, submit and sign every piece as far as the data says; return them, the oldest first."""
    rows = texts_of_today()
    written = []
    for serial, row in enumerate(rows):
        written.append(_write(row, serial, bodies, people))
        if (serial + 1) % SAY_EVERY == 0:
            say(f"  稿件 {serial + 1} / {len(rows)}")
    return written


def _write(row: dict[str, Any], serial: int, bodies: Bodies, people: People) -> Written:
    body = bodies[row["body"]]
    author = holder(people, bodies, role=Role.EDITOR, body=row["body"])
    moment: datetime = row["moment"]
    with clock.at(moment):
        article = actions.create_article(actor=author, organisation=body, draft=_draft(row, serial, body, author))
    last = moment
    if row["state"] != "draft":
        last = _review(row, article, author, people)
    return Written(row, article.pk, article.newest.pk, last)


def _draft(row: dict[str, Any], serial: int, body: Organisation, author: User) -> Draft:
    picture = cover = ""
    if "picture" in row:
        data = draw(row["picture"], serial)
        stored = store_picture(actor=author, organisation=body, name=f"{row['picture']}.png", data=data)
        picture = stored.sha256
        if row["picture"] in WITH_WORDS:
            actions.look_at_picture(sha256=picture)
        else:
            cover = picture
            actions.keep_reading(sha256=picture, reading=drawn_reading())
    reprint = row.get("class") == ItemClass.REPRINT
    return Draft(
        title=row["title"],
        author=body.short_name,
        digest=digest_of_text(row["text"]),
        document=body_of(row["text"], picture=picture, description=DESCRIPTIONS.get(row.get("picture", ""), "")),
        cover=cover,
        item_class=row.get("class", ItemClass.ORDINARY),
        origin=Origin.REPRINT if reprint else Origin.ORIGINAL,
        source_name=row.get("source", ""),
        source_url=row.get("source_url", ""),
    )


def _review(row: dict[str, Any], article: Article, author: User, people: People) -> datetime:
    """Submit and sign; return when the last act happened."""
    moment, day = row["moment"], row["day"]
    with clock.at(step(moment, 1, day=day)):
        review = actions.submit_article(actor=author, article_id=article.pk)
    number = 1
    while number <= SIGNED.get(row["state"], 9) and review.state == ReviewState.OPEN:
        number += 1
        with clock.at(step(moment, number, day=day)):
            sign_next(review, people)
        review.refresh_from_db()
    if row["state"] == "returned":
        with clock.at(step(moment, number + 1, day=day)):
            sign_next(_open(review), people, comment=row["comment"], field=row.get("field", ""))
    return step(moment, number + 1, day=day)


def _open(review: Review) -> Review:
    found = current_review(thing_kind=THING_KIND, thing_id=review.thing_id)
    return found or review
