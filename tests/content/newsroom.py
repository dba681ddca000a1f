"""A newsroom at 云岭县水务局: who writes, who reviews, who may see nothing, and a first piece."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.drawn import take_as_read
from tests.people import REVIEWERS, make_county

from zhijian.content import actions
from zhijian.content.document import from_blocks, heading, paragraph
from zhijian.content.queries import Draft
from zhijian.organisations.enums import Role
from zhijian.review import actions as review

if TYPE_CHECKING:
    from tests.people import County

    from zhijian.content.models import Article
    from zhijian.organisations.models import User
    from zhijian.review.models import Review

CLEAN = "县水务局定于本周六上午检修城东供水管道，检修期间城东片区暂停供水。"


@dataclass
class Newsroom:
    county: County
    editor: User
    colleague: User
    reviewers: list[User]
    stranger: User
    draft: Draft
    article: Article


def make_newsroom() -> Newsroom:
    """Make the people and one clean piece of 水务局; the stranger holds every role at the neighbouring 教育局."""
    county = make_county()
    editor = county.person("editor", county.water, Role.EDITOR)
    draft = Draft(
        title="城东片区停水通知", document=from_blocks([heading("停水安排"), paragraph(CLEAN)]), author="水务局"
    )
    return Newsroom(
        county=county,
        editor=editor,
        colleague=county.person("colleague", county.water, Role.EDITOR),
        reviewers=[county.person(f"r{number}", county.water, role) for number, role in enumerate(REVIEWERS)],
        stranger=county.person(
            "stranger", county.school, Role.EDITOR, Role.HOST_OFFICER, Role.FIRST_REVIEWER, Role.HEAD, Role.INSPECTOR
        ),
        draft=draft,
        article=actions.create_article(actor=editor, organisation=county.water, draft=draft),
    )


def with_words(draft: Draft, *words: str) -> Draft:
    """Return the draft with other paragraphs."""
    return replace(draft, document=from_blocks(paragraph(line) for line in words))


def sign_all(opened: Review, people: list[User]) -> None:
    """Sign every stage of a review in order, each by the first of `people` who may; its pictures are read by then."""
    take_as_read()
    for stage in opened.stages.order_by("position"):
        person = next(one for one in people if set(stage.roles) & one.roles_at(stage.organisation))
        review.sign(
            review_id=opened.pk, decision="approve", version_hash=opened.version_hash, comment="", actor=person,
            gates={gate["code"]: True for gate in stage.gates},
        )  # fmt: skip
