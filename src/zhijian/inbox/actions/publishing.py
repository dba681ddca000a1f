"""Making question and answer public: masked, reviewed, shown by the approved exact hash, taken down when it must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.audit.events import EventName
from zhijian.inbox.actions.moving import locked_case, record_case
from zhijian.inbox.actions.personal import open_fields
from zhijian.inbox.enums import PublicationState
from zhijian.inbox.models import Case, Photo, Publication, PublicationVersion
from zhijian.inbox.queries.answers import route_at
from zhijian.inbox.queries.cases import PUBLICATION_KIND, find_case, publication_of
from zhijian.inbox.queries.masking import mask_text
from zhijian.inbox.queries.publicity import PhotosRead, read_photos, unmended_reasons
from zhijian.inbox.queries.subjects import unmasked_reasons
from zhijian.lib import clock
from zhijian.lib.digests import digest_of
from zhijian.lib.errors import Refused
from zhijian.review import actions as review

if TYPE_CHECKING:
    from zhijian.organisations.models import User

LONGEST_TITLE: Final = 80
LONGEST_TEXT: Final = 8_000
LONGEST_NOTE: Final = 200
NOT_READ: Final = "这件留言的情况刚刚变了，照片还没有检查。请再送审一次。"


@dataclass(frozen=True, slots=True)
class PublicText:
    """Question and answer as everybody would read them. `photos` are hashes of the case's own pictures.

    `note` is for the reviewers alone: why findings of the level 错误 are none, or a photo nobody could read is public.
    """

    title: str
    question: str
    answer: str
    place: str = ""
    photos: tuple[str, ...] = ()
    note: str = ""


def masked_text(*, actor: User, case: Case) -> PublicText:
    """Return a first masked wording of an answered case. Raises Refused."""
    require(Permission.PUBLICATION_WRITE, actor=actor, thing=case)
    personal = open_fields(case)
    answer = case.sent_answer
    parts = (case.title, case.text, answer.text if answer else "", case.place)
    title, question, said, place = (
        mask_text(part, organisation=case.organisation, personal=personal) for part in parts
    )
    return PublicText(title=title, question=question, answer=said, place=place)


def why_not_publish(*, actor: User, case: Case, text: PublicText | None = None) -> list[str]:
    """Give every reason why a case, or this wording of it, cannot go to review for the public."""
    reasons = why_not(Permission.PUBLICATION_WRITE, actor=actor, thing=case)
    publication = publication_of(case)
    if publication is not None and publication.state == PublicationState.IN_REVIEW:
        reasons.append("公开稿正在审核，要改请先撤回送审。")
    if publication is not None and publication.state == PublicationState.SHOWN:
        reasons.append("这件留言已经公开。要改请先撤下。")
    if text is not None and not reasons:
        reasons += _text_problems(case, text)
    return reasons


def _text_problems(case: Case, text: PublicText) -> list[str]:
    mine = set(Photo.objects.filter(case=case).values_list("sha256", flat=True))
    whole = f"{text.title}\n{text.question}\n{text.answer}\n{text.place}"
    checks = [
        (not text.title.strip() or not text.question.strip(), "标题和问题不能空着。"),
        (not text.answer.strip(), "答复不能空着。"),
        (len(text.title) > LONGEST_TITLE, f"标题最长 {LONGEST_TITLE} 个字。"),
        (max(len(text.question), len(text.answer)) > LONGEST_TEXT, f"问和答最长各 {LONGEST_TEXT:,} 个字。"),
        (not set(text.photos) <= mine, "照片只能选这件留言自己的。"),
        (len(text.note) > LONGEST_NOTE, f"说明最长 {LONGEST_NOTE} 个字。"),
    ]
    reasons = [sentence for broken, sentence in checks if broken]
    return reasons + unmasked_reasons(Publication(organisation=case.organisation, case=case), whole)


def submit_publication(*, actor: User, case_id: int, text: PublicText, seen: int | None = None) -> Publication:
    """Write an exact masked wording and send it to review. Raises Refused with every reason, Missing.

    The photos are read first, before anything is locked: that takes seconds.
    """
    case = find_case(actor=actor, case_id=case_id)
    is_open = bool(text.photos) and not why_not_publish(actor=actor, case=case)
    photos = read_photos(case, text.photos) if is_open else None
    return _submit(actor, case_id, text, photos, seen)


@transaction.atomic
def _submit(actor: User, case_id: int, text: PublicText, read: PhotosRead | None, seen: int | None) -> Publication:
    case = locked_case(actor, case_id, seen=seen)
    reasons = why_not_publish(actor=actor, case=case, text=text)
    if not reasons and text.photos and read is None:
        reasons = [NOT_READ]
    photos = read or PhotosRead()
    if not reasons:
        words = f"{text.title}\n{text.question}\n{text.answer}\n{text.place}"
        reasons = unmended_reasons(case, words, photos, note=text.note)
    if reasons:
        raise Refused(reasons)
    publication, _ = Publication.objects.get_or_create(case=case, defaults={"organisation": case.organisation})
    Publication.objects.select_for_update(no_key=True).get(pk=publication.pk)
    version = _write(publication, text, photos, actor)
    publication.state, publication.hidden_reason = PublicationState.IN_REVIEW, ""
    publication.organisation = case.organisation  # another body may have answered since it was public before
    publication.save(update_fields=["state", "hidden_reason", "organisation"])
    review.submit(
        thing_kind=PUBLICATION_KIND, thing_id=publication.pk, version_hash=version.content_hash,
        title=f"公开留言 {case.number}：{text.title}", url=f"/desk/inbox/{case.pk}/publish/", item_class="answer",
        organisation=publication.organisation, author_ids=_author_ids(publication), actor=actor,
        route=route_at(publication.organisation, "answer"),
    )  # fmt: skip
    record_case(EventName.PUBLICATION_DRAFTED, case, actor, {"version": version.content_hash})
    return publication


def _write(publication: Publication, text: PublicText, photos: PhotosRead, actor: User) -> PublicationVersion:
    number = PublicationVersion.objects.filter(publication=publication).count() + 1
    words = {"title": text.title.strip(), "question": text.question.strip(), "answer": text.answer.strip()}
    content = {**words, "place": text.place.strip(), "photos": list(text.photos), "note": text.note.strip()}
    return PublicationVersion.objects.create(
        publication=publication, number=number, written_by=actor, written_at=clock.now(), photos_told=photos.told,
        content_hash=digest_of({"publication": publication.pk, "number": number, **content}), **content,
    )  # fmt: skip


def _author_ids(publication: Publication) -> list[int]:
    rows = PublicationVersion.objects.filter(publication=publication)
    return sorted(set(rows.values_list("written_by_id", flat=True)))


@transaction.atomic
def hide_publication(*, actor: User, case_id: int, reason: str) -> Publication:
    """Take a public question down, with the reason. Raises Refused, Missing."""
    case = find_case(actor=actor, case_id=case_id)
    publication = publication_of(case)
    reasons = why_not(Permission.PUBLICATION_HIDE, actor=actor, thing=case)
    if publication is None or publication.state != PublicationState.SHOWN:
        reasons.append("这件留言没有公开，不用撤下。")
    if not reason.strip():
        reasons.append("请写明为什么撤下。")
    if reasons or publication is None:
        raise Refused(reasons)
    return _take_down(case, publication, reason.strip(), actor=actor)


def retract_publication(case: Case) -> None:
    """A locked case is done again: what was public of it, or on its way there, no longer tells how it ended."""
    publication = Publication.objects.filter(case=case).first()
    if publication is not None and publication.state in {PublicationState.IN_REVIEW, PublicationState.SHOWN}:
        _take_down(case, publication, "群众要求重办", actor=None)


def _take_down(case: Case, publication: Publication, reason: str, *, actor: User | None) -> Publication:
    Publication.objects.select_for_update(no_key=True).get(pk=publication.pk)
    publication.state, publication.shown = PublicationState.HIDDEN, None
    publication.hidden_reason = reason[:200]
    publication.save(update_fields=["state", "shown", "hidden_reason"])
    review.void(thing_kind=PUBLICATION_KIND, thing_id=publication.pk, actor=actor, reason="已撤下")
    record_case(EventName.PUBLICATION_HIDDEN, case, actor, {})
    return publication


def follow_public_approval(*, publication_id: int, content_hash: str) -> None:
    """All have signed this wording: everybody may read it."""
    publication = _locked(publication_id)
    publication.shown = PublicationVersion.objects.get(publication=publication, content_hash=content_hash)
    publication.state, publication.published_at = PublicationState.SHOWN, clock.now()
    publication.save(update_fields=["shown", "state", "published_at"])
    record_case(EventName.PUBLICATION_SHOWN, publication.case, None, {"version": content_hash})


def follow_public_return(*, publication_id: int) -> None:
    """A reviewer sent the wording back, or it was taken back."""
    publication = _locked(publication_id)
    if publication.state != PublicationState.HIDDEN:
        publication.state, publication.shown = PublicationState.RETURNED, None
        publication.save(update_fields=["state", "shown"])


def _locked(publication_id: int) -> Publication:
    Publication.objects.select_for_update(no_key=True).get(pk=publication_id)
    return Publication.objects.select_related("case__organisation", "organisation").get(pk=publication_id)
