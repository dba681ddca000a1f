"""Bulletins: drafted from the data, edited, sent to review, published by the last signature, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from zhijian.access.permissions import Permission
from zhijian.access.rules import require, why_not
from zhijian.assessment.enums import EDITABLE, BulletinState
from zhijian.assessment.models import Bulletin, BulletinVersion
from zhijian.assessment.queries import BULLETIN_KIND, find_bulletin, first_sections, first_title, quarter_period
from zhijian.audit.actions import record
from zhijian.audit.events import EventName
from zhijian.inspection.queries import figures_of
from zhijian.lib import clock
from zhijian.lib.digests import canonical_json, sha256_hex
from zhijian.lib.errors import Refused
from zhijian.policy.queries import NoValue, review_route
from zhijian.registry.queries import policy_of
from zhijian.review import actions as review
from zhijian.review.routes import route_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhijian.organisations.models import Organisation, User
    from zhijian.review.models import Review
    from zhijian.review.routes import Route

ITEM_CLASS: Final = "ordinary"
LONGEST_TITLE: Final = 120
LONGEST_TEXT: Final = 5_000
Sections = list[dict[str, str]]


def why_not_draft(*, actor: User, organisation: Organisation, year: int, quarter: int) -> list[str]:
    """Give every reason why a bulletin of a quarter cannot be begun."""
    reasons = why_not(Permission.BULLETIN_WRITE, actor=actor, thing=organisation)
    if quarter_period(year, quarter)[0] > clock.now():
        reasons.append("这个季度还没有开始。")
    same = Bulletin.objects.filter(organisation=organisation, year=year, quarter=quarter)
    if same.exclude(state=BulletinState.WITHDRAWN).exists():
        reasons.append("这个季度已经有一份通报，请接着改那一份。")
    return reasons


@transaction.atomic
def draft_bulletin(*, actor: User, organisation: Organisation, year: int, quarter: int) -> Bulletin:
    """Begin a bulletin with the figures of its quarter. Raises Refused with every reason."""
    reasons = why_not_draft(actor=actor, organisation=organisation, year=year, quarter=quarter)
    if reasons:
        raise Refused(reasons)
    row = Bulletin.objects.create(
        organisation=organisation, year=year, quarter=quarter, title=first_title(organisation, year, quarter),
        created_by=actor, created_at=clock.now(),
    )  # fmt: skip
    figures = _count(row)
    _write(row, actor, row.title, first_sections(figures), figures)
    _record(EventName.BULLETIN_DRAFTED, row, actor)
    return row


def _count(row: Bulletin) -> dict[str, Any]:
    start, end = quarter_period(row.year, row.quarter)
    return figures_of(organisation=row.organisation, start=start, end=end).as_data()


def _write(row: Bulletin, actor: User, title: str, sections: Sections, figures: dict[str, Any]) -> BulletinVersion:
    number = row.newest.number + 1 if row.newest else 1
    digest = sha256_hex(canonical_json([title, sections, figures]).encode())
    version = BulletinVersion.objects.create(
        bulletin=row, number=number, title=title, sections=sections, figures=figures, content_hash=digest,
        created_by=actor, created_at=clock.now(),
    )  # fmt: skip
    row.newest, row.title = version, title
    row.save(update_fields=["newest", "title"])
    return version


def why_not_edit(*, actor: User, row: Bulletin) -> list[str]:
    """Give every reason why a bulletin cannot be changed or sent now."""
    reasons = why_not(Permission.BULLETIN_WRITE, actor=actor, thing=row.organisation)
    if row.state not in EDITABLE:
        reasons.append(f"这份通报{row.get_state_display()}，不能修改。")
    return reasons


@transaction.atomic
def save_bulletin(
    *, actor: User, bulletin_id: int, base_number: int, title: str, texts: Sequence[str], count_again: bool = False
) -> BulletinVersion:
    """Save a new version upon version `base_number`: title and one text per section; figures stay or are counted again.

    Raises Refused with every reason, Missing.
    """
    row = _locked(actor, bulletin_id)
    reasons = why_not_edit(actor=actor, row=row)
    newest = row.newest
    if newest is None or newest.number != base_number:
        reasons.append("您打开后有人保存过。请刷新页面，对照新的一版再改。")
    if not title.strip() or len(title) > LONGEST_TITLE or any(len(text) > LONGEST_TEXT for text in texts):
        reasons.append(f"请写标题（不超过 {LONGEST_TITLE} 个字），每一部分不超过 {LONGEST_TEXT:,} 个字。")
    if reasons or newest is None:
        raise Refused(reasons)
    heads = [section["title"] for section in newest.sections]
    sections = [{"title": head, "text": text.strip()} for head, text in zip(heads, texts, strict=True)]
    figures = _count(row) if count_again else newest.figures
    version = _write(row, actor, title.strip(), sections, figures)
    _record(EventName.BULLETIN_REVISED, row, actor)
    return version


@transaction.atomic
def submit_bulletin(*, actor: User, bulletin_id: int) -> Review:
    """Send the newest version to review. Raises Refused with every reason, Missing."""
    row = _locked(actor, bulletin_id)
    reasons = why_not_edit(actor=actor, row=row)
    if reasons or row.newest is None:
        raise Refused(reasons)
    authors = BulletinVersion.objects.filter(bulletin=row).values_list("created_by_id", flat=True)
    opened = review.submit(
        thing_kind=BULLETIN_KIND, thing_id=row.pk, version_hash=row.newest.content_hash, title=row.title,
        url=f"/desk/bulletins/{row.pk}/", item_class=ITEM_CLASS, organisation=row.organisation,
        author_ids=sorted(set(authors)), route=_route(row.organisation), actor=actor,
    )  # fmt: skip
    _set(row, BulletinState.IN_REVIEW)
    return opened


def _route(organisation: Organisation) -> Route:
    try:
        found = review_route(policy_of(organisation), item_class=ITEM_CLASS, level=organisation.level)
    except NoValue as error:
        raise Refused("规则包里没有通报的审核流程，请联系系统管理员。") from error
    return route_for(found, organisation=organisation, name="通报审核")


@transaction.atomic
def withdraw_bulletin(*, actor: User, bulletin_id: int) -> Bulletin:
    """Take a published bulletin back; its versions stay with the office. Raises Refused, Missing."""
    row = _locked(actor, bulletin_id)
    require(Permission.BULLETIN_WRITE, actor=actor, thing=row.organisation)
    if row.state == BulletinState.IN_REVIEW:
        raise Refused("这份通报正在审核，请先撤回送审。")
    _set(row, BulletinState.WITHDRAWN)
    _record(EventName.BULLETIN_WITHDRAWN, row, actor)
    return row


def follow_approved(*, bulletin_id: int, content_hash: str) -> None:
    """Publish exactly what all stages signed. Called in the transaction of the last signature."""
    row = Bulletin.objects.select_for_update(no_key=True).get(pk=bulletin_id)
    row.published = BulletinVersion.objects.filter(bulletin=row, content_hash=content_hash).last()
    row.published_at = clock.now()
    row.state = BulletinState.PUBLISHED
    row.save(update_fields=["state", "published", "published_at"])
    _record(EventName.BULLETIN_PUBLISHED, row, None)


def follow_returned(*, bulletin_id: int, comment: str) -> None:
    """Open a bulletin again that came back, with what is to be mended."""
    row = Bulletin.objects.select_for_update(no_key=True).get(pk=bulletin_id)
    _set(row, BulletinState.RETURNED, comment)


def follow_taken_back(*, bulletin_id: int) -> None:
    """Open a bulletin again whose submission was withdrawn."""
    _set(Bulletin.objects.select_for_update(no_key=True).get(pk=bulletin_id), BulletinState.DRAFT)


def _locked(actor: User, bulletin_id: int) -> Bulletin:
    find_bulletin(actor=actor, bulletin_id=bulletin_id)
    Bulletin.objects.select_for_update(no_key=True).get(pk=bulletin_id)
    return Bulletin.objects.select_related("organisation", "newest").get(pk=bulletin_id)


def _set(row: Bulletin, state: BulletinState, comment: str = "") -> None:
    row.state, row.published, row.returned_comment = state, None, comment
    row.save(update_fields=["state", "published", "returned_comment"])


def _record(event: EventName, row: Bulletin, actor: User | None) -> None:
    record(
        event, actor=actor, organisation_id=row.organisation_id, thing_kind=BULLETIN_KIND, thing_id=row.pk,
        data={"version": row.newest_id, "year": row.year, "quarter": row.quarter},
    )  # fmt: skip
