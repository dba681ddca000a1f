"""Reading back what the platform has of ours, before anything is tried again.

A draft is recognised by the idempotency key in its `content_source_url`, and so is a publication. The rules:

* A draft box that has no draft of this key, some time after an unanswered `draft/add`: it was not added.
* After an unanswered `freepublish/submit`: a draft that is gone was queued, so it is never submitted again; a draft
  that is still there may be in the queue, so it is only submitted again when it stays there unlisted for long.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from zhijian.connectors.contract import ErrKind, PlatformError, StepName, StrayDraft
from zhijian.connectors.progress import open_intent, settle, wait_until
from zhijian.connectors.redaction import redact
from zhijian.connectors.wechat import client
from zhijian.connectors.wechat.render import key_in
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from zhijian.connectors.contract import Account, State

LOOK_AGAIN = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
LOOK_AGAIN_LATER = timedelta(hours=1)
DRAFT_SETTLES = timedelta(seconds=30)
"""A request we gave up on may still be on its way; a draft added that late is only a stray, never a post."""
SUBMIT_SETTLES = timedelta(minutes=30)


def delay(looks: int) -> timedelta:
    """Return how long to wait before looking again: `get` and `batchget` are 100 calls a day each."""
    return LOOK_AGAIN[looks] if looks < len(LOOK_AGAIN) else LOOK_AGAIN_LATER


def read_back(account: Account, key: str, state: State) -> State:
    """Return the state after looking at the platform. The open intent stays open while there is a doubt."""
    begun = open_intent(state)
    doing, since = begun or (None, clock.now())
    if doing is not None and doing.name in {StepName.UPLOAD_IMAGE, StepName.UPLOAD_COVER}:
        return settle(state)
    in_box = _own_draft(account, key, state)
    published = find_publication(account, key)
    if published is not None:
        return settle(with_publication(state, published))
    if state.get("publish_id"):
        return settle(state)
    submitting = doing is not None and doing.name is StepName.SUBMIT
    if submitting:
        return _after_submit(state, in_box=in_box, since=since)
    if not in_box and doing is not None and clock.now() < since + DRAFT_SETTLES:
        return wait_until(state, since + DRAFT_SETTLES)
    return settle({**state, "draft_id": in_box, "checked": False})


def find_publication(account: Account, key: str) -> dict[str, Any] | None:
    """Return the publication that carries the key."""
    return next((item for item in client.publications(account) if key in keys_of(item)), None)


def with_publication(state: State, item: Mapping[str, Any]) -> State:
    """Return the state that adopts a listed publication."""
    pieces = pieces_of(item)
    removed = bool(pieces) and all(piece.get("is_deleted") for piece in pieces)
    return {
        **state,
        "status": "removed" if removed else "published",
        "article_id": str(item.get("article_id", "")),
        "urls": [str(piece.get("url", "")) for piece in pieces],
        "raw": redact({"article_id": item.get("article_id"), "update_time": item.get("update_time")}),
    }


def strays(account: Account, known_keys: Collection[str]) -> list[StrayDraft]:
    """List drafts with a key of ours that is not among the known ones."""
    found = []
    for item in client.drafts(account):
        keys = keys_of(item)
        if keys and not keys & set(known_keys):
            found.append(_stray(item, keys))
    return found


def discard_draft(account: Account, draft_id: str) -> None:
    """Delete a draft; one that is already gone is no error."""
    try:
        client.delete_draft(account, draft_id)
    except PlatformError as error:
        if error.kind is not ErrKind.NOT_FOUND:
            raise


def keys_of(item: Mapping[str, Any]) -> set[str]:
    """Return the idempotency keys found in the pieces of a listed draft or publication."""
    found = (key_in(str(piece.get("content_source_url", ""))) for piece in pieces_of(item))
    return {key for key in found if key}


def pieces_of(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the articles of a listed draft or publication."""
    content = item.get("content")
    pieces = content.get("news_item") if isinstance(content, dict) else None
    return [piece for piece in pieces if isinstance(piece, dict)] if isinstance(pieces, list) else []


def _own_draft(account: Account, key: str, state: State) -> str:
    """Return the media id of our draft, or "". Identical twins left by a late request are deleted on the way."""
    found = [str(item.get("media_id", "")) for item in client.drafts(account) if key in keys_of(item)]
    if not found:
        return ""
    own = str(state.get("draft_id") or found[-1])
    own = own if own in found else found[-1]
    for twin in found:
        if twin != own:
            discard_draft(account, twin)
    return own


def _after_submit(state: State, *, in_box: str, since: datetime) -> State:
    looks = int(state.get("looks", 0))
    if in_box and clock.now() >= since + SUBMIT_SETTLES:
        return settle({**state, "draft_id": in_box, "looks": 0})
    moment = clock.now() + delay(looks)
    return wait_until({**state, "looks": looks + 1, "draft_gone": not in_box}, moment)


def _stray(item: Mapping[str, Any], keys: set[str]) -> StrayDraft:
    pieces = pieces_of(item)
    updated = item.get("update_time")
    moment = datetime.fromtimestamp(updated if isinstance(updated, int) else 0, UTC).astimezone(clock.BEIJING)
    title = str(pieces[0].get("title", "")) if pieces else ""
    return StrayDraft(str(item.get("media_id", "")), min(keys), title, moment)
