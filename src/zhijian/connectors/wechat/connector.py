"""The WeChat connector: what the platform needs, in small steps that can be resumed."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING, Any, Final

from zhijian.connectors.contract import (
    ErrKind,
    Missing,
    PlatformError,
    ProbeResult,
    QuotaLeft,
    Receipt,
    ReceiptState,
    Step,
    StepName,
)
from zhijian.connectors.progress import not_before, open_intent, settle, wait_until
from zhijian.connectors.redaction import redact
from zhijian.connectors.wechat import client, readback
from zhijian.connectors.wechat.limits import CAPABILITIES
from zhijian.connectors.wechat.render import articles_for, image_keys, key_in, render_bundle, visible_text
from zhijian.connectors.wechat.validation import issues_of
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from zhijian.connectors.contract import (
        Account,
        Bundle,
        Capabilities,
        InboundEvent,
        Issue,
        Rendered,
        State,
        StrayDraft,
    )

ENDED: Final = frozenset({"published", "rejected", "removed"})
_REASONS: Final = {
    2: "微信原创校验没有通过。请到公众号后台查看原因。",
    3: "微信没有发出这条内容。请到公众号后台查看原因。",
    4: "微信平台审核没有通过。请修改后重新送审。",
    5: "内容发布后，已在公众号后台全部删除。",
    6: "内容发布后，已被微信平台封禁。请尽快核查。",
}
_PROBED_QUOTAS: Final = ("freepublish/submit", "draft/add", "freepublish/get", "freepublish/batchget")


class WechatConnector:
    """Publishes one bundle as one free publication (发布) of up to eight articles."""

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def validate(self, bundle: Bundle) -> list[Issue]:
        return issues_of(bundle)

    def render(self, bundle: Bundle) -> Rendered:
        return render_bundle(bundle)

    def probe(self, account: Account) -> ProbeResult:
        try:
            client.callback_addresses(account)
        except PlatformError as error:
            if error.kind in {ErrKind.TRANSIENT, ErrKind.RATE}:
                raise
            return ProbeResult(clock.now(), (_gap("sign_in", error),))
        missing = tuple(_missing(account))
        return ProbeResult(clock.now(), missing, tuple(_quotas_left(account)))

    def next_step(self, rendered: Rendered, state: State) -> Step | None:
        """Name the next step. Raises PlatformError (INVALID) when the state belongs to another payload."""
        _check_same_payload(rendered, state)
        if state.get("status") in ENDED:
            return None
        if open_intent(state) is not None:
            return Step(StepName.RECONCILE)
        if state.get("publish_id"):
            return Step(StepName.POLL)
        return _next_upload(rendered, state) or _next_of_draft(state)

    def run_step(self, account: Account, rendered: Rendered, state: State, step: Step) -> State:
        return {"key": rendered.key, "hash": rendered.payload_hash, **_RUN[step.name](account, rendered, state, step)}

    def reconcile(self, account: Account, key: str, state: State) -> tuple[State, Receipt | None]:
        found = readback.read_back(account, key, state)
        nothing = open_intent(found) is None and not any(found.get(name) for name in _ID_NAMES)
        return found, None if nothing else self.receipt(found)

    def receipt(self, state: State) -> Receipt:
        return Receipt(
            state=_receipt_state(state),
            ids={name: str(state[name]) for name in _ID_NAMES if state.get(name)},
            urls=tuple(state.get("urls", ())),
            refused_pieces=tuple(state.get("refused", ())),
            reason_zh=str(state.get("reason_zh", "")),
            check_after=not_before(state),
            raw=state.get("raw", {}),
        )

    def hear(self, state: State, event: InboundEvent) -> State:
        """Take an event as a hint: the next look is due at once. What is true is still what polling says."""
        publish_id = state.get("publish_id")
        if publish_id and publish_id != event.publish_id:
            return state
        return {name: value for name, value in state.items() if name != "not_before"}

    def look_again(self, state: State) -> State:
        """Let a published job be polled once more; without a job number there is nothing to poll."""
        if not state.get("publish_id") or state.get("status") != "published":
            return state
        return {name: value for name, value in state.items() if name != "status"}

    def stray_drafts(self, account: Account, known_keys: Collection[str]) -> Sequence[StrayDraft]:
        return readback.strays(account, known_keys)

    def delete_draft(self, account: Account, draft_id: str) -> None:
        readback.discard_draft(account, draft_id)

    def withdraw(self, account: Account, state: State, *, piece: int | None) -> State:
        """Delete a published piece (0-based) or all of them. It cannot be undone; repeating it does no harm."""
        article_id = str(state.get("article_id", ""))
        if not article_id:
            raise PlatformError(
                ErrKind.NOT_FOUND, "not_published", "No article id.", hint_zh="这条还没有发布，不用撤下。"
            )
        try:
            client.delete_publication(account, article_id, piece=piece)
        except PlatformError as error:
            if error.kind is not ErrKind.NOT_FOUND:
                raise
        gone = sorted(
            {*state.get("withdrawn", ()), *(range(len(state.get("urls", ()))) if piece is None else (piece,))}
        )
        all_gone = len(gone) >= len(state.get("urls", ()))
        return {**state, "withdrawn": gone, "status": "removed" if all_gone else state.get("status")}


_ID_NAMES: Final = ("draft_id", "publish_id", "msg_data_id", "article_id")


def _check_same_payload(rendered: Rendered, state: State) -> None:
    if state.get("hash", rendered.payload_hash) != rendered.payload_hash:
        hint = "内容在发布途中变了。请撤回后重新送审。"
        raise PlatformError(ErrKind.INVALID, "payload_changed", "The state belongs to another payload.", hint_zh=hint)


def _next_upload(rendered: Rendered, state: State) -> Step | None:
    if state.get("draft_id"):
        return None
    for article in rendered.payload["articles"]:
        for key in image_keys(article["content"]):
            if key not in state.get("images", {}):
                return Step(StepName.UPLOAD_IMAGE, key)
        if article["thumb_media_id"] not in state.get("covers", {}):
            return Step(StepName.UPLOAD_COVER, article["thumb_media_id"])
    return None


def _next_of_draft(state: State) -> Step:
    if not state.get("draft_id"):
        return Step(StepName.ADD_DRAFT)
    return Step(StepName.SUBMIT if state.get("checked") else StepName.CHECK_DRAFT)


def _receipt_state(state: State) -> ReceiptState:
    if state.get("status") in ENDED:
        return ReceiptState(state["status"])
    begun = open_intent(state)
    if begun is not None and begun[0].name in {StepName.ADD_DRAFT, StepName.SUBMIT}:
        # A draft that has left the box after our submit is in the platform's hands.
        return ReceiptState.PUBLISHING if state.get("draft_gone") else ReceiptState.UNKNOWN
    if state.get("publish_id"):
        return ReceiptState.PUBLISHING if state.get("polls") else ReceiptState.SUBMITTED
    return ReceiptState.PREPARING


def _media(rendered: Rendered, key: str) -> Any:
    if key not in rendered.media:
        hint = "正文里有没上传到本系统的图片，或缺少封面。请补齐后重新送审。"
        raise PlatformError(ErrKind.INVALID, "foreign_image", f"No picture under {key!r}.", hint_zh=hint)
    return rendered.media[key]


def _upload_image(account: Account, rendered: Rendered, state: State, step: Step) -> State:
    url = client.upload_body_image(account, _media(rendered, step.ref))
    return settle({**state, "images": {**state.get("images", {}), step.ref: url}})


def _upload_cover(account: Account, rendered: Rendered, state: State, step: Step) -> State:
    media_id = client.upload_cover(account, _media(rendered, step.ref))
    return _with_cover(state, step.ref, media_id)


def _with_cover(state: State, key: str, media_id: str) -> State:
    return settle({**state, "covers": {**state.get("covers", {}), key: media_id}})


def _articles(rendered: Rendered, state: State) -> list[dict[str, Any]]:
    """Return what is sent. A picture that is still ours would be cut out in silence: it stops here instead."""
    images = state.get("images", {})
    articles = articles_for(rendered.payload, images, state.get("covers", {}))
    uploaded = set(images.values())
    for article in articles:
        for source in image_keys(article["content"]):
            if source not in uploaded:
                _media(rendered, source)
                raise PlatformError(ErrKind.INVALID, "foreign_image", f"{source!r} was not uploaded.")
    return articles


def _add_draft(account: Account, rendered: Rendered, state: State, _step: Step) -> State:
    draft_id = client.add_draft(account, _articles(rendered, state))
    return settle({**state, "draft_id": draft_id, "checked": False})


def _check_draft(account: Account, rendered: Rendered, state: State, _step: Step) -> State:
    """Compare the draft with what was approved: someone may have edited it in the platform's own console."""
    try:
        found = client.get_draft(account, state["draft_id"])
    except PlatformError as error:
        if error.kind is not ErrKind.NOT_FOUND:
            raise
        hint = "草稿已不在公众号草稿箱，可能被人删除或已在后台发出。请先到公众号后台核对。"
        raise PlatformError(ErrKind.NOT_FOUND, "draft_gone", error.message, hint_zh=hint) from None
    expected = [_fingerprint(article) for article in rendered.payload["articles"]]
    if [_fingerprint(article) for article in found] != expected:
        hint = "公众号草稿箱里的草稿与审定稿不一致，可能被人改过。请在后台删除这份草稿，再重新发布。"
        raise PlatformError(ErrKind.CONTENT, "draft_changed", "The draft differs from what was approved.", hint_zh=hint)
    return {**state, "checked": True}


def _fingerprint(article: Mapping[str, Any]) -> tuple[str, ...]:
    content = str(article.get("content", ""))
    texts = (unescape(str(article.get(name, ""))) for name in ("title", "author"))
    key = key_in(str(article.get("content_source_url", "")))
    return (*texts, key, visible_text(content), str(len(image_keys(content))))


def _submit(account: Account, _rendered: Rendered, state: State, _step: Step) -> State:
    answer = client.submit(account, state["draft_id"])
    queued = {"publish_id": str(answer["publish_id"]), "msg_data_id": str(answer.get("msg_data_id", "")), "polls": 0}
    return wait_until(settle({**state, **queued}), clock.now() + readback.delay(0))


def _poll(account: Account, rendered: Rendered, state: State, _step: Step) -> State:
    if not state.get("publish_id"):
        listed = readback.find_publication(account, rendered.key)
        return readback.with_publication(state, listed) if listed else state
    answer = client.publish_status(account, state["publish_id"])
    status = _status_number(answer)
    if status == 1:
        polls = int(state.get("polls", 0)) + 1
        return wait_until({**state, "polls": polls}, clock.now() + readback.delay(polls))
    return settle({**state, **_outcome(answer, status), "raw": redact(answer)})


def _status_number(answer: Mapping[str, Any]) -> int:
    status = answer.get("publish_status")
    if isinstance(status, bool) or not isinstance(status, int):
        raise PlatformError(ErrKind.TRANSIENT, "bad_answer", "The answer lacks publish_status.")
    return status


def _outcome(answer: Mapping[str, Any], status: int) -> dict[str, Any]:
    if status == 0:
        return {"status": "published", "article_id": str(answer.get("article_id", "")), "urls": _urls(answer)}
    reason = _REASONS.get(status, "微信给出了没见过的状态。请到公众号后台核对。")
    refused = [index - 1 for index in answer.get("fail_idx") or () if isinstance(index, int)]
    return {"status": "removed" if status in {5, 6} else "rejected", "reason_zh": reason, "refused": refused}


def _urls(answer: Mapping[str, Any]) -> list[str]:
    detail = answer.get("article_detail")
    items = detail.get("item", []) if isinstance(detail, dict) else []
    by_index = {item.get("idx"): str(item.get("article_url", "")) for item in items if isinstance(item, dict)}
    return [by_index.get(number, "") for number in range(1, len(by_index) + 1)]


def _reconcile(account: Account, rendered: Rendered, state: State, _step: Step) -> State:
    begun = open_intent(state)
    if begun is not None and begun[0].name is StepName.UPLOAD_COVER:
        key = begun[0].ref
        media_id = client.find_cover(account, _media(rendered, key))
        return _with_cover(state, key, media_id) if media_id else settle(state)
    return readback.read_back(account, rendered.key, state)


_RUN: Final = {
    StepName.UPLOAD_IMAGE: _upload_image,
    StepName.UPLOAD_COVER: _upload_cover,
    StepName.ADD_DRAFT: _add_draft,
    StepName.CHECK_DRAFT: _check_draft,
    StepName.SUBMIT: _submit,
    StepName.POLL: _poll,
    StepName.RECONCILE: _reconcile,
}


def _gap(capability: str, error: PlatformError) -> Missing:
    return Missing(capability, error.code, error.hint_zh)


def _missing(account: Account) -> list[Missing]:
    """Try the two reading calls that stand for drafting and publishing: 48001 means the account may not."""
    gaps = []
    for capability, path in (("draft", "draft/batchget"), ("publish", "freepublish/batchget")):
        try:
            client.call(account, path, {"offset": 0, "count": 1, "no_content": 1}, mutates=False)
        except PlatformError as error:
            if error.kind is ErrKind.PERMISSION:
                gaps.append(_gap(capability, error))
            elif error.kind is not ErrKind.QUOTA:
                raise
    return gaps


def _quotas_left(account: Account) -> list[QuotaLeft]:
    found = []
    for path in _PROBED_QUOTAS:
        try:
            numbers = client.quota(account, path)
        except PlatformError as error:
            if error.kind in {ErrKind.TRANSIENT, ErrKind.RATE}:
                raise
            continue
        limit, used, remain = (int(numbers.get(name) or 0) for name in ("daily_limit", "used", "remain"))
        found.append(QuotaLeft(path, limit, used, remain))
    return found
