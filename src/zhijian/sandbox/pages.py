"""What people see: the sandbox's own overview, and what followers got on each pretended platform."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from zhijian.sandbox.reader import is_loopback
from zhijian.sandbox.state import BEIJING, Account, Chat, Feed, Publication, World
from zhijian.sandbox.wechat.messages import write
from zhijian.sandbox.wechat.publications import PUBLISHED, finish_due_jobs

if TYPE_CHECKING:
    from starlette.requests import Request

# Published articles carry their style in attributes, as on the real platform; nothing else may style or run.
_POLICY: Final = (
    "default-src 'none'; img-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_STATUS_WORDS: Final = {0: "已发布", 1: "发布中", 4: "审核未通过", 5: "已删除", 6: "已封禁"}
_KIND_WORDS: Final = {"subscription": "公众号", "service": "服务号"}
MOST_SHOWN: Final = 50
FOLLOWER: Final = "oSandboxFollower000000000001"
LONGEST_MESSAGE: Final = 1_000


async def overview(request: Request) -> Response:
    """Show the accounts and how to get on."""
    world: World = request.app.state.world
    finish_due_jobs(world)
    rows = "".join(_account_row(account) for account in world.accounts.values())
    table = (
        "<table><caption>模拟的微信账号</caption><thead><tr><th scope=col>名称</th><th scope=col>类型</th>"
        "<th scope=col>AppID</th><th scope=col>认证</th><th scope=col>草稿</th><th scope=col>已发布</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )
    empty = "<p class=empty>还没有账号。系统接入时会自动登记，也可以调用 <code>POST /_ctl/accounts</code>。</p>"
    body = (
        "<h1>平台沙箱</h1><p class=lead>这里模拟微信公众号和网站读者。内容只在本机，不会真的发出去。</p>"
        "<p><a class=button href=/followers/>看看关注者收到了什么</a></p>"
        f"<div class=scroll>{table if rows else empty}</div>"
        f"<p class=quiet>模拟时间：{_moment(world.now())}</p>"
    )
    return page("平台沙箱", body)


async def followers(request: Request) -> Response:
    """Show, per account, what its followers received, and what the feed reader collected."""
    world: World = request.app.state.world
    finish_due_jobs(world)
    chosen = request.query_params.get("account", "")
    accounts = sorted(world.accounts.values(), key=_newest, reverse=True)
    phones = [_phone(world, account) for account in accounts if chosen in {"", account.appid}]
    if not chosen:
        phones += [_reader(feed) for feed in world.feeds.values()]
    shown = "".join(phones) or "<p class=empty>还没有内容。在系统里发布一篇稿件，再回到这里刷新。</p>"
    body = f"<h1>关注者看到的</h1>{_choice(world, chosen)}<div class=phones>{shown}</div>"
    return page("关注者看到的", body)


async def say(request: Request) -> Response:
    """Let the follower of this page write to an account."""
    world: World = request.app.state.world
    account = world.accounts.get(request.path_params["appid"])
    async with request.form() as form:
        text = str(form.get("text", "")).strip()[:LONGEST_MESSAGE]
    if account is not None and text:
        write(world, account, FOLLOWER, text)
    chosen = f"?account={account.appid}" if account is not None else ""
    return RedirectResponse(f"/followers/{chosen}", status_code=303)


async def article(request: Request) -> Response:
    """Show one published article as the platform would."""
    world: World = request.app.state.world
    finish_due_jobs(world)
    found = _article(world, request.path_params["slug"])
    if found is None:
        return page("没有这篇文章", "<h1>没有这篇文章</h1><p>地址可能不完整。<a href=/followers/>回到列表</a></p>", 404)
    account, job, index = found
    if job.deleted[index]:
        reason = "该内容已被发布者删除。" if job.status != 6 else "此内容因违规无法查看。"  # noqa: PLR2004 -- status of the platform
        return page("内容已不在", f"<h1>内容已不在</h1><p>{reason}</p><p><a href=/followers/>回到列表</a></p>", 410)
    return page(job.articles[index]["title"], _opened(account, job, job.articles[index]))


async def picture(request: Request) -> Response:
    """Serve an uploaded picture."""
    world: World = request.app.state.world
    image = world.images.get(request.path_params["name"])
    if image is None:
        return Response(status_code=404)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=86400"}
    return Response(base64.b64decode(image.data), media_type=image.media_type, headers=headers)


async def no_icon(_request: Request) -> Response:
    """Answer the browser's own question for an icon: there is none."""
    return Response(status_code=204)


def routes() -> list[Route]:
    """Return the routes people open."""
    return [
        Route("/favicon.ico", no_icon),
        Route("/", overview),
        Route("/followers/", followers),
        Route("/followers/{appid}/say", say, methods=["POST"]),
        Route("/s/{slug}", article),
        Route("/mmbiz/{name}", picture),
    ]


def page(title: str, body: str, status: int = 200) -> Response:
    """Return one page of the sandbox; `body` is HTML, `title` is text."""
    html = (
        f"<!doctype html><html lang=zh-CN><head><meta charset=utf-8><title>{escape(title)} · 沙箱</title>"
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        "<link rel=stylesheet href=/static/sandbox.css></head><body>"
        "<a class=skip href=#main>跳到正文</a>"
        "<header><nav aria-label=主导航><a href=/>平台沙箱</a><a href=/followers/>关注者看到的</a>"
        "<a href=/groups/>工作群收到的</a></nav>"
        f"<span class=badge>模拟环境</span></header><main id=main>{body}</main></body></html>"
    )
    headers = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return HTMLResponse(html, status_code=status, headers=headers)


def _account_row(account: Account) -> str:
    published = sum(job.status == PUBLISHED for job in account.publications)
    link = f"<a href='/followers/?account={escape(account.appid)}'>{escape(account.name)}</a>"
    cells = (
        link,
        _KIND_WORDS.get(account.kind, "公众号"),
        f"<code>{escape(account.appid)}</code>",
        "已认证" if account.verified else "未认证",
        str(len(account.drafts)),
        str(published),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _choice(world: World, chosen: str) -> str:
    options = [("", "全部"), *((account.appid, account.name) for account in world.accounts.values())]
    links = "".join(_choice_link(appid, name, current=appid == chosen) for appid, name in options)
    return f"<nav class=choice aria-label=选择账号>{links}</nav>" if world.accounts else ""


def _choice_link(appid: str, name: str, *, current: bool) -> str:
    mark = " aria-current=page" if current else ""
    return f"<a href='/followers/?account={escape(appid)}'{mark}>{escape(name)}</a>"


def _phone(world: World, account: Account) -> str:
    jobs = sorted((job for job in account.publications if job.article_id), key=_finished, reverse=True)[:MOST_SHOWN]
    messages = "".join(_message(world, account, job) for job in jobs)
    waiting = [job for job in account.publications if not job.article_id]
    empty = "" if messages else "<p class=empty>这个账号还没有发过内容。</p>"
    return (
        f"<section class=phone aria-label='{escape(account.name)}'><h2>{escape(account.name)}"
        f"<small>{_KIND_WORDS.get(account.kind, '公众号')}</small></h2>"
        f"{''.join(_unfinished(job) for job in waiting[-3:])}{messages}{empty}{_talk(account)}</section>"
    )


def _talk(account: Account) -> str:
    """Show what one follower and the account said to each other, and a line to write."""
    lines = "".join(_chat(chat) for chat in account.chats if chat.openid == FOLLOWER)
    listed = f"<ol class=talk>{lines}</ol>" if lines else ""
    name = escape(account.appid)
    return (
        f"{listed}<form class=say method=post action='/followers/{name}/say'>"
        f"<label for='say-{name}'>给公众号发消息</label>"
        f"<textarea id='say-{name}' name=text rows=2 maxlength=1000 required></textarea><button>发送</button></form>"
    )


def _chat(chat: Chat) -> str:
    who = "我" if chat.kind == "said" else "公众号"
    moment = f"<time datetime='{_iso(chat.at)}'>{_moment(chat.at)}</time>"
    return (
        f"<li class={'mine' if chat.kind == 'said' else 'theirs'}><b>{who}</b> {moment}<p>{escape(chat.text)}</p></li>"
    )


def _finished(job: Publication) -> float:
    return job.finished_at


def _newest(account: Account) -> float:
    return max((job.finished_at for job in account.publications if job.article_id), default=0.0)


def _unfinished(job: Publication) -> str:
    title = escape(job.articles[0]["title"])
    return f"<p class=unfinished><b>{_STATUS_WORDS.get(job.status, '未发布')}</b>《{title}》</p>"


def _message(world: World, account: Account, job: Publication) -> str:
    kept = [index for index, gone in enumerate(job.deleted) if not gone]
    moment = f"<time datetime='{_iso(job.finished_at)}'>{_moment(job.finished_at)}</time>"
    if not kept:
        word = _STATUS_WORDS.get(job.status, "已删除")
        return f"<p class=moment>{moment}</p><p class=unfinished><b>{word}</b>内容已不在</p>"
    cards = "".join(_card(world, account, job, index, first=index == kept[0]) for index in kept)
    return f"<p class=moment>{moment}</p><ol class=push>{cards}</ol>"


def _card(world: World, account: Account, job: Publication, index: int, *, first: bool) -> str:
    piece = job.articles[index]
    digest = f"<span class=digest>{escape(piece['digest'])}</span>" if first and piece["digest"] else ""
    return (
        f"<li class={'lead-card' if first else 'card'}><a href='/s/{escape(job.slugs[index])}'>"
        f"{_cover(world, account, piece)}<span class=title>{escape(piece['title'])}</span>{digest}</a></li>"
    )


def _cover(world: World, account: Account, piece: dict[str, Any]) -> str:
    for material in account.materials:
        if material.media_id == piece["thumb_media_id"] and material.image in world.images:
            return f"<img src='/mmbiz/{escape(material.image)}' alt='' loading=lazy>"
    return "<span class=no-cover aria-hidden=true></span>"


def _reader(feed: Feed) -> str:
    entries = sorted(feed.entries.values(), key=lambda entry: entry["at"], reverse=True)[:MOST_SHOWN]
    items = "".join(_reader_entry(entry) for entry in entries)
    listed = f"<ol class=feed>{items}</ol>" if items else "<p class=empty>还没有条目。</p>"
    problem = f"<p class=problem>上次读取失败：{escape(feed.error)}</p>" if feed.error else ""
    name = escape(feed.title or feed.url)
    return f"<section class=phone aria-label='{name}'><h2>{name}<small>网站订阅</small></h2>{problem}{listed}</section>"


def _reader_entry(entry: dict[str, str]) -> str:
    title = escape(entry["title"] or "无标题")
    linked = f"<a href='{escape(entry['link'])}' rel=noreferrer>{title}</a>" if is_loopback(entry["link"]) else title
    return f"<li><span class=title>{linked}</span><span class=quiet>{_read_moment(entry['at'])}</span></li>"


def _article(world: World, slug: str) -> tuple[Account, Publication, int] | None:
    for account in world.accounts.values():
        for job in account.publications:
            if slug in job.slugs:
                return account, job, job.slugs.index(slug)
    return None


def _opened(account: Account, job: Publication, piece: dict[str, Any]) -> str:
    author = f"<span>{escape(piece['author'])}</span>" if piece["author"] else ""
    source = escape(piece["content_source_url"])
    original = f"<p class=original><a href='{source}' rel=noreferrer>阅读原文</a></p>" if source else ""
    comments = "<p class=quiet>已开启留言</p>" if piece["need_open_comment"] else ""
    return (
        f"<article class=opened><h1>{escape(piece['title'])}</h1><p class=byline>{author}<b>{escape(account.name)}</b>"
        f"<time datetime='{_iso(job.finished_at)}'>{_moment(job.finished_at)}</time></p>"
        f"<div class=content>{piece['content']}</div>{original}{comments}</article>"
    )


def _when(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone(BEIJING)


def _iso(seconds: float) -> str:
    return _when(seconds).isoformat(timespec="seconds")


def _read_moment(at: str) -> str:
    return _moment(datetime.fromisoformat(at).timestamp()) if at else "没有日期"


def _moment(seconds: float) -> str:
    moment = _when(seconds)
    return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"
