"""Asking the office's language model about a piece: only when a person presses, only where nothing forbids it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zhijian.access.permissions import Permission
from zhijian.access.rules import why_not
from zhijian.content.queries import THING_KIND, Screened, find_article, named, screen_draft, waivers_of, without_waived
from zhijian.knowledge.actions.language_model import NOT_OPEN, AskedOf, ask_model
from zhijian.knowledge.queries import PRIVATE_LINK, kept_findings, ruleset_for
from zhijian.knowledge.queries.language_model import model_for, source_of
from zhijian.knowledge.queries.opinions import with_opinions
from zhijian.lib.errors import Refused
from zhijian.screening import Category

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.content.models import Article
    from zhijian.content.queries import Draft, Found
    from zhijian.organisations.models import User

KEPT_HERE: Final = (Category.SECRECY_HINT, Category.PRIVACY)
REPLACEABLE: Final = frozenset({"title", "digest", "text"})
"""Parts whose words the editor can replace; the words of a picture are changed in its own dialog."""


@dataclass(frozen=True, slots=True)
class Opinions:
    """What the model would change, at the exact words, and how many of its opinions were not believed."""

    found: tuple[Found, ...]
    dropped: int
    source: str


def why_not_ask_model(*, actor: User, article: Article, text: str, kept: Sequence[Found]) -> list[str]:
    """Give every reason why this text is not sent; `kept` are its open findings of what stays in the office."""
    reasons = why_not(Permission.ARTICLE_EDIT, actor=actor, thing=article)
    row = model_for(article.organisation)
    if row is None:
        return [*reasons, NOT_OPEN]
    if not text.strip():
        reasons.append("还没有文字，写了再请模型看。")
    if len(text) > row.most_characters:
        reasons.append(f"稿件有 {len(text):,} 字，超过 {row.most_characters:,} 字，没有发给模型。")
    for category in KEPT_HERE:
        here = [one for one in kept if _category_of(one) == category]
        if here:
            reasons.append(f"稿件里有{category.label}的问题没有处理：{named(here)}。没有发给模型，请先处理。")
    return reasons


def _category_of(found: Found) -> str:
    return Category.PRIVACY.value if found.rule == PRIVATE_LINK else found.category


def ask_opinions(*, actor: User, article_id: int, version: int, draft: Draft) -> Opinions:
    """Send what is on the screen to the model, and place what it says. Nothing of the piece changes.

    Not in one transaction: the question is written down before it leaves, the answer may take a minute. Raises Refused
    with every reason, Missing.
    """
    article = find_article(actor=actor, article_id=article_id)
    _, found = screen_draft(organisation=article.organisation, draft=draft)
    screened = Screened(draft)
    kept_here = map(screened.located, kept_findings(screened.text, ruleset_for(article.organisation)))
    standing = without_waived([one for one in kept_here if one is not None], waivers_of(article))
    reasons = why_not_ask_model(actor=actor, article=article, text=screened.text, kept=standing)
    if reasons:
        raise Refused(reasons)
    asked = AskedOf(THING_KIND, article.pk, version, article.organisation)
    row, said = ask_model(actor=actor, asked=asked, text=screened.text)
    opinions, dropped = with_opinions(screened.text, (), said, source=source_of(row))
    placed = [screened.located(one) for one in opinions]
    kept = [one for one in placed if one is not None and one.part in REPLACEABLE]
    free = tuple(one for one in kept if not _overlaps(one, found))
    return Opinions(free, dropped + len(placed) - len(kept), source_of(row))


def _overlaps(opinion: Found, found: Sequence[Found]) -> bool:
    """Tell whether a rule speaks about these words already: then the rule stands, set aside or not."""
    place = (opinion.part, opinion.block)
    return any((one.part, one.block) == place and one.start < opinion.end and opinion.start < one.end for one in found)
