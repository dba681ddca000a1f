"""The draft box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zhijian.sandbox.state import Draft, caller_keys, new_id
from zhijian.sandbox.wechat.answers import Refusal, done
from zhijian.sandbox.wechat.cleaning import clean, text_of

if TYPE_CHECKING:
    from zhijian.sandbox.wechat.gate import Call

MOST_ARTICLES: Final = 8
DIGEST_FROM_BODY: Final = 54
_TEXT_LIMITS: Final = (("title", 32, 45003), ("author", 16, 45110), ("digest", 128, 45004))
_CONTENT_CHARS: Final = 20_000
_CONTENT_BYTES: Final = 1024 * 1024
_URL_BYTES: Final = 1024


def add(call: Call) -> dict[str, Any]:
    """Answer draft/add. The success carries no errcode."""
    given = call.body.get("articles")
    if not isinstance(given, list) or not given:
        raise Refusal(44003)
    if len(given) > MOST_ARTICLES:
        raise Refusal(45002)
    articles = [_accepted(call, article, single=len(given) == 1) for article in given]
    draft = Draft(new_id(64), articles, call.world.now())
    call.account.drafts.append(draft)
    call.world.record("draft_added", call.account.appid, media_id=draft.media_id, keys=caller_keys(articles))
    return {"media_id": draft.media_id, "item": []}


def get(call: Call) -> dict[str, Any]:
    """Answer draft/get."""
    return {"news_item": [_shown(article) for article in found(call).articles]}


def update(call: Call) -> dict[str, Any]:
    """Answer draft/update: the index counts from 0, and `articles` is one object, not a list."""
    draft, index, given = found(call), call.body.get("index"), call.body.get("articles")
    if not isinstance(index, int) or not 0 <= index < len(draft.articles):
        raise Refusal(40114)
    if not isinstance(given, dict):
        raise Refusal(47001)
    draft.articles[index] = _accepted(call, given, single=len(draft.articles) == 1)
    draft.updated_at = call.world.now()
    call.world.record("draft_updated", call.account.appid, media_id=draft.media_id, keys=caller_keys(draft.articles))
    return done()


def delete(call: Call) -> dict[str, Any]:
    """Answer draft/delete."""
    draft = found(call)
    call.account.drafts.remove(draft)
    call.world.record("draft_deleted", call.account.appid, media_id=draft.media_id, keys=caller_keys(draft.articles))
    return done()


def listing(call: Call) -> dict[str, Any]:
    """Answer draft/batchget, newest first."""
    offset, count = call.page()
    kept = sorted(call.account.drafts, key=lambda draft: -draft.updated_at)
    items = [
        {"media_id": draft.media_id, "content": _content(call, draft), "update_time": int(draft.updated_at)}
        for draft in kept[offset : offset + count]
    ]
    return {"item": items, "total_count": len(kept), "item_count": len(items)}


def count(call: Call) -> dict[str, Any]:
    """Answer draft/count."""
    return {"total_count": len(call.account.drafts)}


def found(call: Call) -> Draft:
    """Return the draft a call names. Raises Refusal (41006, 40007)."""
    wanted = call.text("media_id")
    if not wanted:
        raise Refusal(41006)
    for draft in call.account.drafts:
        if draft.media_id == wanted:
            return draft
    raise Refusal(40007)


def _content(call: Call, draft: Draft) -> dict[str, Any]:
    hidden = {"content"} if call.body.get("no_content") == 1 else set()
    items = [
        {name: value for name, value in _shown(article).items() if name not in hidden} for article in draft.articles
    ]
    moment = int(draft.updated_at)
    return {"news_item": items, "create_time": moment, "update_time": moment}


def _shown(article: dict[str, Any]) -> dict[str, Any]:
    return {**article, "show_cover_pic": 1, "thumb_url": "", "url": ""}


def _accepted(call: Call, article: Any, *, single: bool) -> dict[str, Any]:
    if not isinstance(article, dict) or article.get("article_type", "news") != "news":
        raise Refusal(40035)
    texts = {
        name: str(article.get(name) or "") for name in ("title", "author", "digest", "content", "content_source_url")
    }
    _check_texts(texts)
    thumb = str(article.get("thumb_media_id") or "")
    if not any(material.media_id == thumb for material in call.account.materials):
        raise Refusal(40007)
    content = clean(texts["content"], f"{call.base_url}/mmbiz/")
    # Only a single article keeps a digest; an empty one is filled from the body.
    digest = (texts["digest"] or text_of(content).strip()[:DIGEST_FROM_BODY]) if single else ""
    switches = {name: int(bool(article.get(name))) for name in ("need_open_comment", "only_fans_can_comment")}
    return {"article_type": "news", **texts, "digest": digest, "content": content, "thumb_media_id": thumb, **switches}


def _check_texts(texts: dict[str, str]) -> None:
    if not texts["title"]:
        raise Refusal(45003)
    for name, limit, code in _TEXT_LIMITS:
        if len(texts[name]) > limit:
            raise Refusal(code)
    if not texts["content"]:
        raise Refusal(44004)
    if len(texts["content"]) >= _CONTENT_CHARS or len(texts["content"].encode()) >= _CONTENT_BYTES:
        raise Refusal(45002)
    if len(texts["content_source_url"].encode()) > _URL_BYTES:
        raise Refusal(41039)
