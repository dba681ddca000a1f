"""What was published, as pages, pictures and feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from zhijian.channels.queries import site_hub
from zhijian.connectors.website.render import Feed, atom, json_feed, link_header, rss
from zhijian.files.queries import file_facts
from zhijian.files.views import serve
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.organisations.queries import installation, public_body
from zhijian.publishing.queries import (
    feed_items,
    is_public_file,
    public_addresses,
    public_piece,
    public_pieces,
    public_rows,
)
from zhijian.registry.queries import platform_label, public_account, public_accounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from zhijian.organisations.models import Organisation

PAGE = 20
NEWEST = 8
FEEDS: dict[str, tuple[Callable[[Feed], bytes], str]] = {
    "rss.xml": (rss, "application/rss+xml; charset=utf-8"),
    "atom.xml": (atom, "application/atom+xml; charset=utf-8"),
    "feed.json": (json_feed, "application/feed+json; charset=utf-8"),
}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Answer on one screen: is this account official, what was published."""
    if installation() is None:
        return redirect("setup")
    context = {"title": "首页", "items": public_pieces(number=NEWEST), "count": public_accounts().count()}
    return render(request, "portal/home.html", context)


@require_safe
def pieces(request: HttpRequest) -> HttpResponse:
    """List what was published, newest first."""
    body = _body(request.GET.get("body"))
    rows = public_rows(organisation_ids=[body.pk] if body else None)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "title": f"{body.short_name}发布的内容" if body else "发布的内容",
        "page": page,
        "items": public_pieces(rows, first=page.start_index() - 1 if page.object_list else 0, number=PAGE),
        "body": body,
        "query": f"body={body.pk}" if body else "",
    }
    return render(request, "portal/pieces.html", context)


def _body(text: str | None) -> Organisation | None:
    if not text:
        return None
    body = public_body(text)
    if body is None:
        raise Http404("没有这个单位。请到名录里重新选择。")
    return body


@require_safe
def piece(request: HttpRequest, article_id: int) -> HttpResponse:
    """Show one published piece, exactly as it was approved."""
    shown, whole = public_piece(article_id)
    accounts = public_accounts().filter(organisation_id=shown.organisation_id).order_by("-is_main", "platform")[:12]
    elsewhere = [(platform_label(platform, ""), name, url) for platform, name, url in public_addresses(article_id)]
    # The document model escapes every word itself: this is our own markup around the approved text.
    body = mark_safe(whole.html(_picture))  # noqa: S308 - see above
    context = {
        "title": shown.title,
        "shown": shown,
        "piece": whole,
        "body": body,
        "elsewhere": elsewhere,
        "accounts": [public_account(row) for row in accounts],
    }
    return render(request, "portal/piece.html", context)


def _picture(sha256: str) -> str:
    return f"/pictures/{sha256}"


@require_safe
def picture(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """Serve a picture of a published piece, and no other."""
    _ = request
    facts = file_facts([sha256]).get(sha256) if is_public_file(sha256) else None
    if facts is None:
        raise Http404("没有这张图片。")
    return serve(sha256, facts.media_type, cache="public, max-age=86400")


@require_safe
def feed(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve the newest pieces as RSS 2.0, Atom or JSON Feed 1.1, marked so that a reader who has them gets 304."""
    body = _body(request.GET.get("body"))
    writer, media_type = FEEDS[name]
    written = _feed(request, body)
    content = writer(written)
    etag, changed = f'"{sha256_hex(content)[:32]}"', int(written.updated.timestamp())
    response = HttpResponse(content, content_type=media_type)
    response["Link"] = link_header(written)
    response["ETag"], response["Last-Modified"] = etag, http_date(changed)
    answer = get_conditional_response(request, etag=etag, last_modified=changed, response=response)
    return response if answer is None else answer


def _feed(request: HttpRequest, body: Organisation | None) -> Feed:
    base = settings.ZHIJIAN_BASE_URL
    founded = installation()
    title = body.name if body else (founded.government_name if founded else "政务新媒体")
    items = feed_items(
        image_url=lambda sha256: f"{base}{_picture(sha256)}", organisation_ids=[body.pk] if body else None
    )
    return Feed(
        title=title,
        home_url=f"{base}/pieces/",
        self_url=f"{base}{request.get_full_path()}",
        updated=max((item.updated for item in items), default=clock.now()),
        items=items,
        # The hub is told of the three feeds of the whole site; a selection is asked for now and then.
        hub_url="" if request.GET else site_hub(),
        description=f"{title}发布的内容",
    )


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Tell how the pages can be used by everyone, and whom to tell when they cannot."""
    return render(request, "portal/accessibility.html", {"title": "无障碍说明"})
