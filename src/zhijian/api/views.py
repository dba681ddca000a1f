"""The calls: each one a query or an action of a room, with the rights of who calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from ninja import File, Form, Header, NinjaAPI, Query, Status, UploadedFile
from ninja.errors import AuthenticationError, HttpError, ValidationError

import zhijian.census.queries as census
import zhijian.content.actions as content_actions
import zhijian.content.queries as content
import zhijian.publishing.queries as publishing
import zhijian.registry.queries as registry
from zhijian.access.permissions import Permission
from zhijian.access.rules import require
from zhijian.api.actions import KeyUsedOtherwise, once
from zhijian.api.identity import CALLERS, caller_of
from zhijian.api.misread import sentences_of
from zhijian.api.rulings import router
from zhijian.api.schemas import (
    AccountOut,
    AccountPage,
    ArticleIn,
    ArticleOut,
    ArticlePage,
    ArticleText,
    CensusOut,
    CensusPage,
    CensusProgress,
    DeliveryOut,
    DeliveryPage,
    Id,
    Me,
    Paging,
    Problem,
    RepeatKey,
    ScreenFileOut,
    ScreenIn,
    ScreenOut,
)
from zhijian.knowledge.queries import ruleset_for, shipped_ruleset
from zhijian.lib.digests import digest_of
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.enums import CONTENT_ROLES, Role
from zhijian.organisations.queries import TokenExpired, find_body
from zhijian.screening import report, scan
from zhijian.screening.attachments import LIMITS
from zhijian.screening.looking import WAITING, look_at, most_serious
from zhijian.screening.typos import find_typos, merge_typos

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from zhijian.lib.requests import StaffRequest
    from zhijian.screening import Report, RuleSet

api = NinjaAPI(
    title="指尖 Zhijian",
    version="1",
    description="政务新媒体平台的接口。用令牌调用：Authorization: Bearer zj_…，权限与令牌的主人相同。",
    auth=CALLERS,
    urls_namespace="api",
    docs_url=None,
)
api.add_router("", router)
REFUSALS = {401: Problem, 404: Problem, 409: Problem, 422: Problem}
UNREAD = {
    400: "内容读不出来。请发送 UTF-8 编码的 JSON。",
    403: "浏览器里写入要带上 CSRF 令牌；程序请用接口令牌。",
}


@api.exception_handler(Refused)
def answer_refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Give the reasons with 409."""
    return api.create_response(request, {"reasons": refused.reasons}, status=409)


@api.exception_handler(KeyUsedOtherwise)
def answer_key_used_otherwise(request: HttpRequest, error: KeyUsedOtherwise) -> HttpResponse:
    """Refuse a key that was sent with another body before, with 422."""
    return api.create_response(request, {"reasons": [str(error)]}, status=422)


@api.exception_handler(Missing)
def answer_missing(request: HttpRequest, missing: Missing) -> HttpResponse:
    """Answer alike for what is not there and what is another's."""
    return api.create_response(request, {"reasons": [str(missing)]}, status=404)


def _page(rows: QuerySet[Any], paging: Paging) -> dict[str, Any]:
    start = (paging.page - 1) * paging.size
    return {"items": list(rows[start : start + paging.size]), "total": rows.count()}


@api.exception_handler(AuthenticationError)
def answer_unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Say how a call proves whom it is for."""
    usual = "没有令牌，或者令牌不对、已作废。请用 Authorization: Bearer zj_… 调用。"
    sentence = error.message if isinstance(error.__cause__, TokenExpired) else usual
    return api.create_response(request, {"reasons": [sentence]}, status=401)


@api.exception_handler(ValidationError)
def answer_misread(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name what does not fit the description, with 422."""
    return api.create_response(request, {"reasons": sentences_of(error.errors)}, status=422)


@api.exception_handler(HttpError)
def answer_unread(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Answer a body that is no JSON, and a browser's write without its CSRF token."""
    sentence = UNREAD.get(error.status_code, "这个调用没有办成，请对照接口描述。")
    return api.create_response(request, {"reasons": [sentence]}, status=error.status_code)


@api.get("/me", response={200: Me, 401: Problem})
def me(request: StaffRequest) -> dict[str, Any]:
    """Tell who the token acts for."""
    user = request.user
    return {
        "username": user.username,
        "name": str(user),
        "organisation": user.organisation.name if user.organisation else "",
        "roles": list(dict.fromkeys(Role(row.role).label for row in user.assignments)),
    }


@api.get("/accounts", response={200: AccountPage, **REFUSALS})
def accounts(request: StaffRequest, paging: Query[Paging], q: Query[str] = "") -> dict[str, Any]:
    """List the accounts of the caller's scope; `q` searches names, numbers, ids and pinyin initials."""
    rows = registry.visible_accounts(actor=request.user)
    rows = registry.search_accounts(rows, q) if q.strip() else rows
    found = _page(rows.order_by("sort_key", "pk"), paging)
    return {**found, "items": [_account(row) for row in found["items"]]}


@api.get("/accounts/{account_id}", response={200: AccountOut, **REFUSALS})
def account(request: StaffRequest, account_id: Id) -> dict[str, Any]:
    """Give one account."""
    return _account(registry.find_account(actor=request.user, account_id=account_id))


def _account(row: Any) -> dict[str, Any]:
    names = [name for name in AccountOut.model_fields if name != "organisation"]
    return {**{name: getattr(row, name) for name in names}, "organisation": row.organisation.name}


@api.get("/censuses", response={200: CensusPage, **REFUSALS})
def censuses(request: StaffRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List the censuses the caller asks or is asked by, the newest first."""
    found = _page(census.visible_campaigns(actor=request.user).order_by("-pk"), paging)
    return {**found, "items": [_census(row) for row in found["items"]]}


@api.get("/censuses/{campaign_id}", response={200: CensusProgress, **REFUSALS})
def census_progress(request: StaffRequest, campaign_id: Id) -> dict[str, Any]:
    """Tell how far a census is, counted over the bodies of the caller's scope."""
    row = census.find_campaign(actor=request.user, campaign_id=campaign_id)
    branch = census.find_branch(actor=request.user, campaign=row, organisation_id=None)
    found = census.branch_progress(actor=request.user, campaign=row, branch=branch)
    states = {state: number for state, _, number in found.whole.by_state}
    return {"id": row.pk, "total": found.whole.total, "states": states, "overdue": found.overdue}


def _census(row: Any) -> dict[str, Any]:
    names = [name for name in CensusOut.model_fields if name != "organisation"]
    return {**{name: getattr(row, name) for name in names}, "organisation": row.organisation.name}


@api.get("/articles", response={200: ArticlePage, **REFUSALS})
def articles(request: StaffRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List the pieces of the caller's scope, newest first."""
    found = _page(content.visible_articles(actor=request.user).order_by("-changed_at", "-pk"), paging)
    return {**found, "items": [_article(row) for row in found["items"]]}


def _article(row: Any) -> dict[str, Any]:
    names = [name for name in ArticleOut.model_fields if name != "organisation"]
    return {**{name: getattr(row, name) for name in names}, "organisation": row.organisation.name}


@api.get("/articles/{article_id}", response={200: ArticleText, **REFUSALS})
def article(request: StaffRequest, article_id: Id) -> dict[str, Any]:
    """Give one piece with the words of its newest version."""
    row = content.find_article(actor=request.user, article_id=article_id)
    newest = row.current_revision
    return {
        **_article(row),
        "revision": newest.number if newest else 0,
        "content_hash": newest.content_hash if newest else "",
        "text": newest.plain_text if newest else "",
    }


@api.post("/articles", response={201: ArticleOut, **REFUSALS})
def new_article(
    request: StaffRequest, payload: ArticleIn, idempotency_key: Header[RepeatKey | None] = None
) -> Status[dict[str, Any]]:
    """Bring a text in as a draft; it is cleaned and checked like any import, and goes out only after review.

    With an `Idempotency-Key` a call that is repeated within 24 hours makes no second piece and answers the same.
    """
    actor = request.user
    body = find_body(actor=actor, organisation_id=payload.organisation_id, roles=CONTENT_ROLES)

    def bring() -> int:
        return content_actions.import_pasted(actor=actor, organisation=body, text=payload.text).pk

    if idempotency_key is None:
        made = bring()
    else:
        made = once(
            caller=caller_of(request), key=idempotency_key, digest=digest_of(payload.model_dump()), act=bring
        )  # fmt: skip
    return Status(201, _article(content.find_article(actor=actor, article_id=made)))


@api.get("/deliveries", response={200: DeliveryPage, **REFUSALS})
def deliveries(request: StaffRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List the deliveries of the caller's scope, newest first."""
    found = _page(publishing.visible_deliveries(actor=request.user).order_by("-planned_at", "-pk"), paging)
    return {**found, "items": [DeliveryOut.from_orm(row) for row in found["items"]]}


@api.get("/deliveries/{delivery_id}", response={200: DeliveryOut, **REFUSALS})
def delivery(request: StaffRequest, delivery_id: Id) -> Any:
    """Give one delivery."""
    return DeliveryOut.from_orm(publishing.find_delivery(actor=request.user, delivery_id=delivery_id))


@api.post("/screen", response={200: ScreenOut, **REFUSALS})
def screen(request: StaffRequest, payload: ScreenIn) -> dict[str, Any]:
    """Check a text for wrong wording, privacy and the rest of the rules; the 300 most serious findings are told."""
    rules, most = _rules(request, payload.organisation_id), WAITING.typo_characters
    if payload.typos and len(payload.text) > most:
        raise Refused([f"找错别字的文字最长 {most:,} 字。请分段再查。"])
    findings = scan(payload.text, rules)
    findings = merge_typos(findings, find_typos(payload.text)) if payload.typos else findings
    kept = [findings[number].as_data() for number in most_serious(findings, WAITING.findings)]
    return _judged(kept, report(findings, ruleset_version=rules.version))


@api.post("/screen/file", response={200: ScreenFileOut, **REFUSALS})
def screen_file(
    request: StaffRequest,
    file: File[UploadedFile],
    organisation_id: Form[Id | None] = None,
    typos: Form[bool] = False,  # noqa: FBT002 - ninja reads the form's fields from the parameters
) -> dict[str, Any]:
    """Check a file of at most 20 MB: text, CSV, office files (Word, Excel, slides, PDF, OFD, ODF), a page, and media.

    Media are subtitles, pictures, audio and video. Nothing is kept. At most 5 pictures of a file are read, or 20 frames
    of a video, for 40 seconds together; the 300 most serious findings are told. What was not read or heard stands in
    `not_looked`, what of a recording was, in `looked`.
    """
    if (file.size or 0) > LIMITS.file_bytes:
        raise Refused([f"文件超过 {LIMITS.file_bytes // 2**20} MB。请拆开再查。"])
    rules = _rules(request, organisation_id)
    looked = look_at(
        file.read(), rules, name=file.name or "", limits=WAITING, typos=typos, listener=settings.ZHIJIAN_LISTENER
    )
    told = _judged([one.as_data() for one in looked.seen], looked.counts)
    return {**told, "looked": looked.sentence_of_looks, "not_looked": list(looked.not_looked)}


def _rules(request: StaffRequest, organisation_id: int | None) -> RuleSet:
    body = None if organisation_id is None else find_body(actor=request.user, organisation_id=organisation_id)
    require(Permission.FILE_CHECK, actor=request.user, thing=body)
    return shipped_ruleset() if body is None else ruleset_for(body)


def _judged(told: list[dict[str, object]], counts: Report) -> dict[str, Any]:
    left_out = counts.findings - len(told)
    return {
        "ruleset": counts.ruleset_version, "blocking": counts.blocking, "findings": told, "left_out": left_out,
    }  # fmt: skip
