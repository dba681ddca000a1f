"""The website as a channel: the page is ours, so publishing is done by the portal; here the followers are told."""

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
from zhijian.connectors.hashing import payload_hash
from zhijian.connectors.progress import open_intent, settle
from zhijian.connectors.website.client import ping_hub
from zhijian.lib import clock
from zhijian.lib.fetching import Guard

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from zhijian.connectors.contract import Account, Bundle, InboundEvent, State, StrayDraft

CAPABILITIES: Final = Capabilities(
    platform="website",
    name_zh="网站",
    kinds=frozenset({Kind.ARTICLE, Kind.GALLERY}),
    limits={},
    quotas=(),
    idempotency=Idempotency.NATURAL,
    asynchronous=False,
    max_pieces=8,
    withdraw="yes",
)


class WebsiteConnector:
    """Pings the hubs in `account.settings["hub"]` about the feeds in `settings["feeds"]` (white-space separated).

    `settings["allowed"]` holds the openings of the guarded fetch, as `Guard.parse` reads them.
    """

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def validate(self, bundle: Bundle) -> list[Issue]:
        return [
            Issue(number, "title", "标题是空的。请填写标题。")
            for number, piece in enumerate(bundle.pieces)
            if not piece.title.strip()
        ]

    def render(self, bundle: Bundle) -> Rendered:
        pieces = [{"title": piece.title, "body": piece.body, "url": piece.source_url} for piece in bundle.pieces]
        media = {image.key: image for piece in bundle.pieces for image in piece.images}
        payload = {"pieces": pieces}
        return Rendered("website", bundle.key, payload, payload_hash(payload, media), media)

    def probe(self, account: Account) -> ProbeResult:
        """Tell the day; a website of our own needs nothing from outside. No I/O."""
        del account
        return ProbeResult(clock.now())

    def next_step(self, rendered: Rendered, state: State) -> Step | None:
        """Name the one step, the ping. It may be repeated, so nothing has to be read back."""
        del rendered
        return None if state.get("pinged") else Step(StepName.PING)

    def run_step(self, account: Account, rendered: Rendered, state: State, step: Step) -> State:
        del step
        _ping(account)
        urls = [piece["url"] for piece in rendered.payload["pieces"]]
        return settle({**state, "pinged": clock.now().isoformat(), "urls": urls})

    def reconcile(self, account: Account, key: str, state: State) -> tuple[State, Receipt | None]:
        del account, key
        settled = settle(state) if open_intent(state) else state
        return settled, self.receipt(settled) if settled.get("pinged") else None

    def receipt(self, state: State) -> Receipt:
        stands = ReceiptState.PUBLISHED if state.get("pinged") else ReceiptState.PREPARING
        return Receipt(ReceiptState.REMOVED if state.get("removed") else stands, urls=tuple(state.get("urls", ())))

    def hear(self, state: State, event: InboundEvent) -> State:
        """Return the state as it is: nobody calls us back."""
        del event
        return state

    def look_again(self, state: State) -> State:
        """Return the state as it is: there is nobody to ask."""
        return state

    def stray_drafts(self, account: Account, known_keys: Collection[str]) -> Sequence[StrayDraft]:
        """Return nothing: a website of our own has no draft box elsewhere."""
        del account, known_keys
        return ()

    def delete_draft(self, account: Account, draft_id: str) -> None:
        del account
        raise PlatformError(ErrKind.NOT_FOUND, "no_drafts", f"No draft {draft_id!r}.", hint_zh="网站没有外部草稿。")

    def withdraw(self, account: Account, state: State, *, piece: int | None) -> State:
        """Tell the hub again: the feeds no longer carry the piece."""
        _ping(account)
        return {**state, "removed": piece is None or len(state.get("urls", ())) == 1}


def _ping(account: Account) -> None:
    """Tell every hub; the first one's trouble does not keep the others waiting. Raises PlatformError."""
    feeds, guard = account.settings.get("feeds", "").split(), Guard.parse(account.settings.get("allowed", ""))
    failure: PlatformError | None = None
    for hub in account.settings.get("hub", "").split():
        try:
            ping_hub(hub, feeds, guard=guard)
        except PlatformError as error:
            failure = error
    if failure is not None:
        raise failure
