"""What was published, as pages, pictures and feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import http_date
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from zhijian.connectors.website.render import Feed, FeedItem, atom, json_feed, link_header, rss
from zhijian.content.queries import public_piece
from zhijian.files.queries import file_facts
from zhijian.files.views import serve
from zhijian.lib import clock
from zhijian.organisations.models import Organisation
from zhijian.organisations.queries import installation
from zhijian.publishing.queries import find_public_item, is_public_file, public_items
from zhijian.registry.queries import public_accounts

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

PAGE = 20
FEED_ITEMS = 30
FEEDS: dict[str, tuple[Callable[[Feed], bytes], str]] = {
    "rss.xml": (rss, "application/rss+xml; charset=utf-8"),
    "atom.xml": (atom, "application/atom+xml; charset=utf-8"),
    "feed.json": (json_feed, "application/feed+json; charset=utf-8"),
}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Answer on one screen: is this account official, what was published."""
    if installation() is None:
        return redirect("setup")
    newest = public_items()[:8]
    context = {"title": "首页", "items": newest, "count": public_accounts().count()}
    return render(request, "portal/home.html", context)


@require_GET
def pieces(request: HttpRequest) -> HttpResponse:
    """List what was published, newest first."""
    body = _body(request.GET.get("body"))
    page = Paginator(public_items(organisation=body), PAGE).get_page(request.GET.get("page"))
    context = {"title": f"{body.short_name}发布的内容" if body else "发布的内容", "page": page, "body": body}
    return render(request, "portal/pieces.html", context)


def _body(text: str | None) -> Organisation | None:
    if not text or not text.isdecimal() or len(text) > 12:  # noqa: PLR2004 - no id is longer
        return None
    return get_object_or_404(Organisation, pk=int(text), is_active=True)


@require_GET
def piece(request: HttpRequest, article_id: int) -> HttpResponse:
    """Show one published piece, exactly as it was approved."""
    item = find_public_item(article_id)
    if item is None:
        raise Http404("这篇内容还没有发布，或者已经撤下。")
    shown = public_piece(item.revision_id)
    accounts = public_accounts().filter(organisation_id=shown.organisation_id).order_by("-is_main", "platform")[:12]
    # The document model escapes every word itself: this is our own markup around the approved text.
    body = mark_safe(shown.html(_picture))  # noqa: S308 - see above
    context = {"title": shown.title, "piece": shown, "body": body, "item": item, "accounts": accounts}
    return render(request, "portal/piece.html", context)


def _picture(sha256: str) -> str:
    return f"/pictures/{sha256}"


@require_GET
def picture(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """Serve a picture of a published piece, and no other."""
    _ = request
    if not is_public_file(sha256):
        raise Http404
    facts = file_facts([sha256]).get(sha256)
    if facts is None:
        raise Http404
    return serve(sha256, facts.media_type, cache="public, max-age=86400")


@require_GET
def feed(request: HttpRequest, name: str) -> HttpResponse:
    """Serve the newest pieces as RSS 2.0, Atom or JSON Feed 1.1; unchanged feeds answer 304."""
    body = _body(request.GET.get("body"))
    items = list(public_items(organisation=body)[:FEED_ITEMS])
    updated: datetime = max((item.published_at for item in items), default=clock.now())
    writer, media_type = FEEDS[name]
    written = _feed(request, items, body, updated)
    response = HttpResponse(writer(written), content_type=media_type)
    response["Link"] = link_header(written)
    response["Last-Modified"] = http_date(updated.timestamp())
    return response


def _feed(request: HttpRequest, items: list[object], body: Organisation | None, updated: datetime) -> Feed:
    base = settings.ZHIJIAN_BASE_URL
    founded = installation()
    title = body.name if body else (founded.government_name if founded else "政务新媒体")
    return Feed(
        title=title,
        home_url=f"{base}/pieces/",
        self_url=f"{base}{request.get_full_path()}",
        updated=updated,
        items=[_entry(base, item) for item in items],
        hub_url=settings.ZHIJIAN_HUB_URL,
        description=f"{title}发布的内容",
    )


def _entry(base: str, item: object) -> FeedItem:
    shown = public_piece(item.revision_id)  # type: ignore[attr-defined]  # a public item of `publishing`
    return FeedItem(
        guid=f"{base}/pieces/{shown.article_id}/",
        title=shown.title,
        url=f"{base}/pieces/{shown.article_id}/",
        published=item.first_published_at,  # type: ignore[attr-defined]  # as above
        updated=item.published_at,  # type: ignore[attr-defined]  # as above
        author=shown.author or shown.organisation_name,
        summary=shown.digest,
        body=shown.html(lambda sha256: f"{base}{_picture(sha256)}"),
    )


@require_GET
def accessibility(request: HttpRequest) -> HttpResponse:
    """Tell how the pages can be used by everyone, and whom to tell when they cannot."""
    return render(request, "portal/accessibility.html", {"title": "无障碍说明"})
