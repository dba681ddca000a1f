"""Manual hand-off as a channel: everything up to the click is ours, the click is a person's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zhijian.connectors.contract import (
    Capabilities,
    ErrKind,
    Idempotency,
    Issue,
    Kind,
    PlatformError,
    ProbeResult,
    Receipt,
    ReceiptState,
    Rendered,
    Step,
    StepName,
)
from zhijian.connectors.handoff.client import address_fault
from zhijian.connectors.handoff.render import plain_text
from zhijian.connectors.hashing import payload_hash
from zhijian.connectors.progress import settle
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from zhijian.connectors.contract import Account, Bundle, InboundEvent, State, StrayDraft

CAPABILITIES: Final = Capabilities(
    platform="handoff",
    name_zh="人工发布",
    kinds=frozenset(Kind),
    limits={},
    quotas=(),
    idempotency=Idempotency.NONE,
    asynchronous=True,
    manual=True,
    max_pieces=8,
)


class HandoffConnector:
    """Waits for a person: `hand_back` closes the delivery with the address of what they posted."""

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def validate(self, bundle: Bundle) -> list[Issue]:
        return [
            Issue(number, "body", "标题或正文是空的。请补齐。")
            for number, piece in enumerate(bundle.pieces)
            if not piece.title.strip() or not plain_text(piece.body)
        ]

    def render(self, bundle: Bundle) -> Rendered:
        pieces = [{"title": piece.title, "text": plain_text(piece.body)} for piece in bundle.pieces]
        media = {image.key: image for piece in bundle.pieces for image in piece.images}
        payload = {"pieces": pieces}
        return Rendered("handoff", bundle.key, payload, payload_hash(payload, media), media)

    def probe(self, account: Account) -> ProbeResult:
        """Tell the day; there is nothing to ask. No I/O."""
        del account
        return ProbeResult(clock.now())

    def next_step(self, rendered: Rendered, state: State) -> Step | None:
        del rendered
        return None if state.get("handed_over") else Step(StepName.HAND_OVER)

    def run_step(self, account: Account, rendered: Rendered, state: State, step: Step) -> State:
        del account, step
        return settle({**state, "handed_over": clock.now().isoformat(), "hash": rendered.payload_hash})

    def reconcile(self, account: Account, key: str, state: State) -> tuple[State, Receipt | None]:
        """Only the person knows."""
        del account, key
        settled = settle(state)
        return settled, self.receipt(settled) if settled.get("handed_over") else None

    def receipt(self, state: State) -> Receipt:
        if state.get("urls"):
            return Receipt(ReceiptState.PUBLISHED, urls=tuple(state["urls"]))
        waiting = ReceiptState.WAITING_FOR_PERSON if state.get("handed_over") else ReceiptState.PREPARING
        return Receipt(waiting)

    def hear(self, state: State, event: InboundEvent) -> State:
        """Return the state as it is: nobody calls us back."""
        del event
        return state

    def look_again(self, state: State) -> State:
        """Return the state as it is: there is nobody to ask."""
        return state

    def stray_drafts(self, account: Account, known_keys: Collection[str]) -> Sequence[StrayDraft]:
        """Return nothing: we see no draft box."""
        del account, known_keys
        return ()

    def delete_draft(self, account: Account, draft_id: str) -> None:
        del account
        raise PlatformError(ErrKind.NOT_FOUND, "no_drafts", f"No draft {draft_id!r}.", hint_zh="请到平台后台删除。")

    def withdraw(self, account: Account, state: State, *, piece: int | None) -> State:
        """Refuse: only a person can take a post off such a platform."""
        del account, state, piece
        hint = "该平台只能人工删除。请登录平台删除后，在本系统登记。"
        raise PlatformError(ErrKind.PERMISSION, "manual_only", "Removed by hand only.", hint_zh=hint)


def hand_back(state: State, urls: Sequence[str], host_patterns: Sequence[str]) -> State:
    """Return the state closed with the addresses a person brought back.

    Raises PlatformError (INVALID); its `hint_zh` says what is wrong with which address.
    """
    for number, url in enumerate(urls, start=1):
        fault = address_fault(url, host_patterns)
        if fault is not None:
            hint = fault.value if len(urls) == 1 else f"第 {number} 条：{fault.value}"
            raise PlatformError(ErrKind.INVALID, fault.name.lower(), "The address is not accepted.", hint_zh=hint)
    if not urls:
        raise PlatformError(ErrKind.INVALID, "empty", "No address.", hint_zh="请粘贴发布后的网址。")
    return {**state, "urls": [url.strip() for url in urls]}
