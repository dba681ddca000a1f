from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from zhijian.files.queries import path_of
from zhijian.lib.errors import Missing
from zhijian.observation import queries
from zhijian.observation.enums import Sight
from zhijian.observation.reading.differences import differences
from zhijian.observation.views.tabs import HOME, SIGHT_TONES, link_badge, tabs
from zhijian.registry.queries import platform_choices, platform_label
from zhijian.ui.listing import Choice, Column, Dates, Empty, Flag, Listing
from zhijian.ui.parts import Badge

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from zhijian.lib.requests import StaffRequest
    from zhijian.observation.models import Post, PostVersion

ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "application/pdf": "pdf",
    "application/json": "json", "application/feed+json": "json",
}  # fmt: skip


def state_badge(post: Post) -> Badge:
    """Show whether a post is there, gone, or without a date that can be true."""
    if post.vanished_at:
        return Badge("不见了", "danger")
    return Badge("在", "ok") if post.dated else Badge("没有时间", "warn")


COLUMNS = (
    Column(
        key="title", label="标题", value=lambda row: row.title or row.url or "（没有标题）", sort="title",
        link=lambda row: f"/desk/observation/posts/{row.pk}/",
    ),
    Column(key="account", label="账号", value="account.name", sort="account__sort_key"),
    Column(key="platform", label="平台", value=lambda row: platform_label(row.account.platform, row.account.kind)),
    Column(key="published", label="发布时间", value="published_at", sort="published_at"),
    Column(key="state", label="状态", value=state_badge),
    Column(key="versions", label="版本", value="version_count", numeric=True),
    Column(key="seen", label="首次看到", value="first_seen_at", sort="first_seen_at", shown=False),
    Column(key="body", label="单位", value="account.organisation.short_name", sort="account__organisation__sort_key"),
    Column(key="url", label="地址", shown=False),
)  # fmt: skip


@require_GET
@login_required
def post_list(request: StaffRequest) -> HttpResponseBase:
    """List what the accounts the person may see put out."""
    listing = Listing(
        name="posts",
        title="账号发布的内容",
        rows=queries.with_versions(queries.visible_posts(actor=request.user)),
        columns=COLUMNS,
        sort="-published",
        filters=[
            Dates(key="on", label="发布时间", lookup="published_at"),
            Choice(key="platform", label="平台", lookup="account__platform", choices=platform_choices),
            Flag(
                key="gone", label="还在不在", choices=((False, "在"), (True, "不见了")),
                lookup=lambda rows, gone: rows.filter(vanished_at__isnull=not gone),
            ),
            Flag(key="dated", label="发布时间可信", lookup="dated"),
        ],
        search=queries.search_posts,
        search_hint="按标题、地址或账号搜索",
        empty=Empty("还没有看到内容", "添加来源或导入历史内容后，这里会列出来。", "看来源", "/desk/observation/"),
        template="observation/list.html",
    )  # fmt: skip
    return listing.respond(request, tabs=tabs("posts"))


@require_GET
@login_required
def post_page(request: StaffRequest, post_id: int) -> HttpResponseBase:
    """Show a post: what it says now, how it differed before, where its links lead, and the evidence."""
    post = queries.find_post(actor=request.user, post_id=post_id)
    versions = queries.versions_for(post_ids=[post.pk])[post.pk]
    shown = queries.newest_versions(post_ids=[post.pk]).get(post.pk)
    context = {
        "title": post.title or "（没有标题）", "post": post, "badge": state_badge(post), "shown": shown,
        "facts": _facts(post), "versions": _steps(versions), "links": _links(shown),
        "breadcrumbs": [*HOME, ("内容", "/desk/observation/posts/")],
    }  # fmt: skip
    return render(request, "observation/post.html", context)


def _facts(post: Post) -> list[tuple[str, object]]:
    return [
        ("账号", f"{post.account.name}（{platform_label(post.account.platform, post.account.kind)}）"),
        ("单位", post.account.organisation.name),
        ("地址", post.url or "—"),
        ("发布时间", post.published_at if post.dated else post.date_note or "没有发布时间"),
        ("说明", post.date_note or "—"),
        ("首次看到", post.first_seen_at),
        ("最近看到", post.last_seen_at),
        ("不见了", post.vanished_at or "—"),
    ]


def _steps(versions: list[PostVersion]) -> list[dict[str, Any]]:
    """Return the versions, newest first, each with what differs from the one before it of the same source."""
    before: dict[int, PostVersion] = {}
    steps: list[dict[str, Any]] = []
    for version in versions:
        last = before.get(version.look.source_id)
        changes = differences(f"{last.title}\n{last.text}", f"{version.title}\n{version.text}") if last else []
        steps.append({"version": version, "changes": changes, "first": last is None})
        before[version.look.source_id] = version
    return steps[::-1]


def _links(version: PostVersion | None) -> list[tuple[dict[str, str], Any, Badge]]:
    links = version.links if version else []
    checks = queries.latest_link_checks(urls=[link["url"] for link in links])
    return [(link, checks.get(link["url"]), link_badge(checks.get(link["url"]))) for link in links]


@require_GET
@login_required
def evidence(request: StaffRequest, sha256: str) -> HttpResponseBase:
    """Hand out the bytes of a piece of evidence, always as a download, with their SHA-256 (RFC 9530)."""
    row = queries.find_snapshot(actor=request.user, sha256=sha256)
    path = path_of(row.sha256)
    if not path.exists():
        raise Missing("证据文件不在这台机器的存储里。请联系系统管理员从备份恢复。")
    name = f"证据-{row.taken_at:%Y%m%d}-{row.sha256[:12]}.{ENDINGS.get(row.media_type, 'bin')}"
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream")
    digest = base64.b64encode(bytes.fromhex(row.sha256)).decode()
    response["Repr-Digest"] = f"sha-256=:{digest}:"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_GET
@login_required
def coverage(request: StaffRequest) -> HttpResponseBase:
    """Show how much of what the person must watch can be seen today."""
    meter = queries.coverage(actor=request.user)
    legend = [(sight.label, SIGHT_TONES[sight]) for sight in Sight]
    groups = [("按平台", meter.platforms), ("按单位", meter.branches)]
    context = {"title": "今天能看见多少", "meter": meter, "groups": groups, "legend": legend, "tabs": tabs("coverage")}
    return render(request, "observation/coverage.html", context)


@require_GET
@login_required
def platforms(request: StaffRequest) -> HttpResponseBase:
    """Say for each platform how its accounts may lawfully be seen, and what is covered now."""
    by_platform = {row.key: row for row in queries.coverage(actor=request.user).platforms}
    rows = [
        {"access": access, "label": platform_label(access.platform), "meter": by_platform.get(access.platform)}
        for access in queries.accesses()
    ]
    return render(
        request, "observation/platforms.html", {"title": "怎样合法地看见", "rows": rows, "tabs": tabs("platforms")}
    )
