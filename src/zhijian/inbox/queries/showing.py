"""A case as the citizen with the key sees it, and what everybody may read."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q
from django.db.models.functions import Greatest

from zhijian.inbox.enums import PublicationState
from zhijian.inbox.models import Case, Photo, Publication, PublicationVersion
from zhijian.inbox.queries.cases import ANSWER_KIND, likeness_of, visible_cases
from zhijian.inbox.queries.numbers import read_number
from zhijian.lib.digests import sha256_hex
from zhijian.lib.errors import Missing
from zhijian.review.queries import sees_thing

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhijian.organisations.models import User

LIKE_ENOUGH: Final = 0.35
NO_CASE: Final = "没有找到这条留言。请核对编号和查询码；查询码在提交成功的页面上。"


def plain_key(key: str) -> str:
    """Return a key as it is kept: capitals, without the marks people put between its parts."""
    return "".join(letter for letter in key.upper() if letter.isalnum())


def find_by_key(*, number: str, key: str) -> Case:
    """Return a case to whoever has its number and key. Raises Missing; a wrong key and a wrong number look alike."""
    known = read_number(number)
    case = Case.objects.select_related("organisation", "division").filter(number=known).first() if known else None
    digest = sha256_hex(plain_key(key).encode())
    if not hmac.compare_digest(case.key_digest if case else "", digest) or case is None:
        raise Missing(NO_CASE)
    return case


def may_see_photo(*, actor: User, case_id: int, sha256: str) -> bool:
    """Tell whether a picture belongs to a case this person may see, or whose answer was put before them."""
    if not Photo.objects.filter(case_id=case_id, sha256=sha256).exists():
        return False
    if visible_cases(actor=actor).filter(pk=case_id).exists():
        return True
    secret = Case.objects.filter(pk=case_id, is_confidential=True).exists()
    return not secret and sees_thing(actor=actor, thing_kind=ANSWER_KIND, thing_id=case_id)


def last_public_wording(case: Case) -> PublicationVersion | None:
    """Return the newest wording written for the public."""
    return PublicationVersion.objects.filter(publication__case=case).order_by("-number").first()


def is_photo_of(case: Case, sha256: str) -> bool:
    """Tell whether a picture belongs to a case."""
    return Photo.objects.filter(case=case, sha256=sha256).exists()


def public_rows(*, organisation_id: int | None = None, text: str = "") -> QuerySet[Publication]:
    """Return what was made public, newest first; only approved, unhidden versions of questions that are no secret."""
    rows = Publication.objects.filter(
        state=PublicationState.SHOWN, shown__isnull=False, case__is_confidential=False
    )  # fmt: skip
    if organisation_id is not None:
        rows = rows.filter(organisation_id=organisation_id)
    if text:
        wanted = Q(shown__title__icontains=text) | Q(shown__question__icontains=text) | Q(shown__answer__icontains=text)
        rows = rows.filter(wanted)
    return rows.select_related("shown", "organisation", "case").order_by("-published_at", "-pk")


def find_public(publication_id: int) -> Publication:
    """Return one public question and answer. Raises Missing."""
    found = public_rows().filter(pk=publication_id).first()
    if found is None:
        raise Missing("没有找到这条公开的留言。它可能已经撤下。")
    return found


def is_public_photo(sha256: str, publication_id: int) -> bool:
    """Tell whether a picture stands in a public question."""
    return public_rows().filter(pk=publication_id, shown__photos__contains=[sha256]).exists()


def similar_public(text: str, *, limit: int = 3) -> list[Publication]:
    """Return public questions that speak of nearly the same, for a citizen who is about to write."""
    words = text.strip()[:80]
    if len(words) < 4:  # noqa: PLR2004 - fewer letters make too few trigrams
        return []
    rows = public_rows().filter(
        Q(shown__title__trigram_word_similar=words) | Q(shown__question__trigram_word_similar=words)
    )
    rows = rows.annotate(
        likeness=Greatest(TrigramWordSimilarity(words, "shown__title"), TrigramWordSimilarity(words, "shown__question"))
    )
    with likeness_of(LIKE_ENOUGH):
        return list(rows.order_by("-likeness", "-pk")[:limit])
