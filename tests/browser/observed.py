"""What is known of 青禾水务网: sources in every state, posts that changed or vanished, files of past years."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhijian.lib import clock
from zhijian.observation import actions
from zhijian.observation.actions import Choice, DeliveredPiece, HandLook, Sighting, SourceDraft
from zhijian.observation.models import Post
from zhijian.observation.reading.seen import SeenPost

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.models import Account

PNG = b"\x89PNG\r\n\x1a\nwhat the telephone showed"
CSV = (
    "账号,平台,标题,发布时间,正文\n青禾水务,微信公众号,往年通知,2024-03-01,旧文\n不认识,微信,甲,2024-01-01,乙\n"
).encode()


def watch_accounts(officer: User, county: Organisation, site: Account, wechat: Account) -> dict[str, Any]:
    """Look at two accounts in every way, and return what came of it by name."""
    found = _sources(officer, site, wechat)
    found |= _posts(found["feed"])
    for name in ("mapping", "preview", "reading", "imported"):
        found[name] = _history(officer, county, name)
    return found


def _sources(officer: User, site: Account, wechat: Account) -> dict[str, Any]:
    def add(account: Account, url: str = "", method: str = "feed", legality: str = "open_feed") -> Any:
        draft = SourceDraft(method, legality, url, sees_all=method == "feed", sees_all_basis="网站说明是全站订阅源")
        return actions.add_source(actor=officer, account_id=account.pk, draft=draft)

    feed, failing, stopped = (add(site, f"https://water.example/{name}.xml") for name in ("all", "news", "old"))
    actions.keep_failure(source=failing, start=clock.now(), at=clock.now(), reason="对方网站太久没有回应，这次没看成。")
    actions.stop_source(actor=officer, source_id=stopped.pk, reason="网站改版，换了地址")
    now = clock.now()
    look = HandLook(
        looked_at=now, last_post_at=now - timedelta(days=3), title="停水通知", proof=PNG, proof_name="截图.png"
    )
    hand = actions.record_hand_look(actor=officer, account_id=wechat.pk, look=look).source
    own = actions.note_delivery(
        account_id=wechat.pk, published_at=now, pieces=[DeliveredPiece("1/1", "", "清淤公告", "<p>清淤</p>")]
    ).source
    return {"feed": feed, "failing": failing, "stopped": stopped, "hand": hand, "own": own}


def _posts(feed: Any) -> dict[str, Any]:
    now = clock.now()

    def one(name: str, text: str, days: float | None) -> SeenPost:
        return SeenPost(
            url=f"https://water.example/{name}", title=name, text=text, links=(("https://water.example/b", "附件"),),
            published_at=now - timedelta(days=days) if days else None, date_note="" if days else "发布时间在将来",
        )  # fmt: skip

    first = [
        one("改过的通知", "明天上午停水。\n请储水。", 2),
        one("撤下的通知", "停水", 3),
        one("没有时间的通知", "供水", None),
    ]
    for hours, posts in ((6, first), (1, [one("改过的通知", "明天下午停水。\n请储水。", 2)])):
        at = now - timedelta(hours=hours)
        proof = actions.keep_evidence(f"<rss>{hours}</rss>".encode(), media_type="application/rss+xml", at=at)
        sighting = Sighting(at, now - timedelta(days=9), at, posts, sees_all=True, proof=proof)
        actions.keep_sighting(source=feed, sighting=sighting)
    titles = {"changed": "改过的通知", "vanished": "撤下的通知", "undated": "没有时间的通知"}
    return {name: Post.objects.get(title=title) for name, title in titles.items()}


def _history(officer: User, county: Organisation, state: str) -> Any:
    history = actions.upload_history(actor=officer, organisation=county, file_name=f"{state}.csv", content=CSV)
    if state != "mapping":
        actions.choose_columns(actor=officer, history_id=history.pk, choice=Choice(history.columns))
    if state in {"preview", "imported"}:
        actions.run_history(history_id=history.pk)
    if state == "imported":
        actions.confirm_history(actor=officer, history_id=history.pk)
        actions.run_history(history_id=history.pk)
    history.refresh_from_db()
    return history
