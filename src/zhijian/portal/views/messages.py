"""Writing to the government: a message, a photo report; and what others asked before."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from zhijian.audit.request import origin
from zhijian.connectors.website.render import Feed, FeedItem, rss
from zhijian.files.actions import MAX_BYTES
from zhijian.files.queries import file_facts
from zhijian.files.views import serve
from zhijian.inbox import actions, queries
from zhijian.inbox.actions.receiving import MOST_PHOTOS
from zhijian.lib import clock
from zhijian.lib.errors import Missing, Refused
from zhijian.organisations.queries import installation, public_body
from zhijian.portal.context import government_name
from zhijian.portal.forms import FollowForm, WriteForm
from zhijian.ui.context import read_appearance

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from zhijian.inbox.models import Publication

FORM_SALT: Final = "zhijian.portal.write"
KEPT_SALT: Final = "zhijian.portal.kept"
FORM_LIVES: Final = timedelta(hours=24)
PAGE: Final = 20
IN_FEED: Final = 30
TOO_MANY: Final = 429
WRONG: Final = 409
MESSAGES_COOKIE: Final = CookieStorage.cookie_name
TOKEN_PLACE: Final = secrets.token_hex(16)
MOST_DRAWN: Final = 32
# Empty forms by everything they are drawn from, so that none is ever stale: half the work of a message is its form.
_drawn: dict[tuple[object, ...], bytes] = {}


@dataclass
class Sent:
    """What came with one sending of the form: its token's facts, pictures kept so far, and what is wrong.

    `takes_photos` is false for machines and floods: pictures are work.

    `opened_at` is when the page was opened (seconds since 1970); `again`: this page has come back once before.
    """

    nonce: str
    opened_at: float
    again: bool = False
    photos: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    takes_photos: bool = True
    status: int = WRONG

    def token(self, *, again: bool) -> str:
        """Return the signed token of the page; `again`: whoever sends it has seen the form come back."""
        return signing.dumps({"n": self.nonce, "t": self.opened_at, "a": again}, salt=FORM_SALT)

    @property
    def age(self) -> float:
        """How many seconds ago the page was opened."""
        return clock.now().timestamp() - self.opened_at


@csrf_exempt
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponseBase:
    """Write a message. Anybody may; the signed token of the page stands in for a cookie, so no text is ever lost."""
    return _writing(request, photo=False)


@csrf_exempt
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponseBase:
    """Report something with a picture (随手拍)."""
    return _writing(request, photo=True)


def _writing(request: HttpRequest, *, photo: bool) -> HttpResponseBase:
    if request.method == "GET":
        return _empty_page(request, photo=photo)
    sent = _token_of(request)
    known = actions.case_of_form(sent.nonce)
    if known is not None:
        return _to_case(known)
    form = WriteForm(request.POST, photo=photo)
    _check_visitor(request, sent, form)
    _keep_photos(request, sent)
    if not form.is_valid() or sent.problems:
        if photo and not sent.photos and not request.FILES:
            sent.problems.append(actions.NO_PHOTO)
        return _page(request, form, sent)
    return _send(request, form, sent)


def _begun(request: HttpRequest) -> dict[str, str]:
    """Return what a link has put in already (a question without an answer, an entrance that does not open)."""
    longest = {"title": 80, "text": 5_000, "organisation": 12}
    return {name: request.GET[name][:most] for name, most in longest.items() if name in request.GET}


def _send(request: HttpRequest, form: WriteForm, sent: Sent) -> HttpResponseBase:
    draft = form.draft(tuple(sent.photos))
    if "similar_seen" not in request.POST:
        similar = queries.similar_public(draft.title)
        if similar and not draft.is_confidential:
            sent.status = 200
            return _page(request, form, sent, similar=similar)
    try:
        made = actions.receive_from_portal(draft=draft, form_token=sent.nonce, address=origin().address or "")
    except Refused as refused:
        sent.problems += refused.reasons
        sent.status = TOO_MANY if isinstance(refused, actions.TooOften) else WRONG
        return _page(request, form, sent)
    return _to_case(made)


def _to_case(made: actions.Received) -> HttpResponseBase:
    return redirect(f"/messages/{made.case.number}/{made.key}/?{urlencode({'sent': 1})}")


def _fresh(status: int = WRONG) -> Sent:
    return Sent(secrets.token_hex(16), clock.now().timestamp(), status=status)


def _token_of(request: HttpRequest) -> Sent:
    """Read the token of the page; a broken or old one is replaced, and the person is asked to send once more."""
    token = request.POST.get("token", "")
    try:
        facts = signing.loads(token, salt=FORM_SALT)
        sent = Sent(str(facts["n"]), float(facts["t"]), again=bool(facts["a"]))
        if sent.age <= FORM_LIVES.total_seconds():
            return sent
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        pass
    fresh = _fresh()
    fresh.again = True
    fresh.problems.append("这一页打开得太久了。您写的内容都还在，请再点一次提交。")
    return fresh


def _check_visitor(request: HttpRequest, sent: Sent, form: WriteForm) -> None:
    """Keep machines and floods out without asking people to solve riddles.

    Whoever has something to mend, or sends a page that came back, is a person and is never told to slow down.
    """
    if request.POST.get("website"):
        sent.problems.append("最下面那一栏请留空，再点一次提交。")
        sent.takes_photos = False
    if not sent.again and sent.age < settings.ZHIJIAN_INBOX_LEAST_SECONDS and form.is_valid():
        sent.problems.append("提交得太快了。请再看一遍写的内容，过几秒再点提交。")
    # Whoever sends too many pictures is asked to wait before, not after. Without them the action counts.
    often = request.FILES and actions.too_often(address=origin().address or "", phone=request.POST.get("phone", ""))
    if often:
        sent.problems += often
        sent.takes_photos, sent.status = False, TOO_MANY


def _keep_photos(request: HttpRequest, sent: Sent) -> None:
    """Take over the pictures of this sending, and those an earlier one left on the page."""
    sent.photos = _kept(request.POST.get("kept", ""))
    removed = set(request.POST.getlist("drop"))
    sent.photos = [sha256 for sha256 in sent.photos if sha256 not in removed]
    uploads = request.FILES.getlist("photos")
    if uploads and not sent.takes_photos:
        sent.problems.append("照片没有收下，请再选一次。")
        return
    for upload in uploads:
        if len(sent.photos) >= MOST_PHOTOS:
            sent.problems.append(f"照片最多 {MOST_PHOTOS} 张，多出的没有收。")
            return
        _keep_photo(upload, sent)


def _keep_photo(upload: Any, sent: Sent) -> None:
    if upload.size > MAX_BYTES:
        sent.problems.append(f"照片“{upload.name}”超过 10 MB，请换一张小一点的。")
        return
    try:
        sha256 = actions.keep_photo(
            organisation=None, name=upload.name or "照片", data=upload.read(), address=origin().address or ""
        )
    except Refused as refused:
        sent.problems += [f"照片“{upload.name}”：{reason}" for reason in refused.reasons]
    else:
        sent.photos = list(dict.fromkeys([*sent.photos, sha256]))


def _kept(text: str) -> list[str]:
    try:
        found: list[str] = signing.loads(text, salt=KEPT_SALT, max_age=FORM_LIVES) if text else []
    except signing.BadSignature:
        return []
    return found


def _empty_page(request: HttpRequest, *, photo: bool) -> HttpResponse:
    """Show the empty form. For visitors who follow no link with words it is the same page but for the token."""
    form, sent = WriteForm(photo=photo, initial=_begun(request)), _fresh(status=200)
    if request.GET or request.COOKIES.keys() & {settings.SESSION_COOKIE_NAME, MESSAGES_COOKIE}:
        return _page(request, form, sent)
    drawn_from = (photo, read_appearance(request), government_name(), form.offered())
    page = _drawn.get(drawn_from)
    if page is None:
        page = _page(request, form, sent, token=TOKEN_PLACE).content
        if len(_drawn) >= MOST_DRAWN:
            _drawn.clear()
        _drawn[drawn_from] = page
    response = HttpResponse(page.replace(TOKEN_PLACE.encode(), sent.token(again=False).encode()))
    response["Cache-Control"] = "no-store"
    return response


def _page(
    request: HttpRequest,
    form: WriteForm,
    sent: Sent,
    *,
    similar: list[Publication] | None = None,
    token: str = "",
) -> HttpResponse:
    context = {
        "title": "随手拍" if form.photo else "写留言",
        "form": form,
        "sent": sent,
        "token": token or sent.token(again=form.is_bound),
        "kept": signing.dumps(sent.photos, salt=KEPT_SALT) if sent.photos else "",
        "similar": similar or [],
        "similar_seen": bool(similar) or "similar_seen" in request.POST,
        "most_photos": MOST_PHOTOS,
        "is_open": form.is_open,
    }
    response = render(request, "portal/write.html", context, status=sent.status)
    response["Cache-Control"] = "no-store"
    return response


@csrf_exempt
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest) -> HttpResponseBase:
    """Find a case by its number and key."""
    form = FollowForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        number, key = form.cleaned_data["number"], queries.plain_key(form.cleaned_data["key"])
        try:
            case = queries.find_by_key(number=number, key=key)
        except Missing as missing:
            form.add_error(None, str(missing))
        else:
            return redirect(f"/messages/{case.number}/{key}/")
    if form.errors:
        status = WRONG
    return render(request, "portal/follow.html", {"title": "查留言的进度", "form": form}, status=status)


@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """List what was asked and answered in public, newest first."""
    asked = "".join(letter for letter in request.GET.get("q", "") if letter.isprintable()).strip()[:100]
    body = public_body(request.GET["body"]) if request.GET.get("body") else None
    rows = queries.public_rows(organisation_id=body.pk if body else None, text=asked)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    chosen = {"q": asked, "body": str(body.pk) if body else ""}
    context = {
        "title": "留言和答复",
        "page": page,
        "q": asked,
        "body": body,
        "query": urlencode({name: value for name, value in chosen.items() if value}),
    }
    return render(request, "portal/messages.html", context)


@require_safe
def public_case(request: HttpRequest, publication_id: int) -> HttpResponse:
    """Show one public question with its answer, exactly as it was approved."""
    shown = queries.find_public(publication_id)
    assert shown.shown is not None  # noqa: S101 - public_rows asks for it; tells mypy
    return render(request, "portal/public_case.html", {"title": shown.shown.title, "row": shown, "text": shown.shown})


@require_safe
def public_photo(request: HttpRequest, publication_id: int, sha256: str) -> HttpResponseBase:
    """Serve a picture of a public report, and no other."""
    _ = request
    facts = file_facts([sha256]).get(sha256) if queries.is_public_photo(sha256, publication_id) else None
    if facts is None:
        raise Http404("没有这张照片。")
    return serve(sha256, facts.media_type, cache="public, max-age=86400")


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Serve the newest public questions as RSS."""
    base, founded = settings.ZHIJIAN_BASE_URL, installation()
    items = [_item(base, row) for row in queries.public_rows()[:IN_FEED]]
    written = Feed(
        title=f"{founded.government_name if founded else '政务新媒体'}留言和答复",
        home_url=f"{base}/messages/",
        self_url=f"{base}{request.get_full_path()}",
        updated=max((item.updated for item in items), default=clock.now()),
        items=items,
    )
    return HttpResponse(rss(written), content_type="application/rss+xml; charset=utf-8")


def _item(base: str, row: Publication) -> FeedItem:
    text, url = row.shown, f"{base}/messages/public/{row.pk}/"
    assert text is not None  # noqa: S101 - public_rows asks for it; tells mypy
    moment = row.published_at or text.written_at
    return FeedItem(
        guid=url, title=text.title, url=url, published=moment, updated=moment, author=row.organisation.name,
        summary=text.question[:200],
    )  # fmt: skip
