"""Free publishing: queued first, finished later, and sometimes taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from zhijian.sandbox.state import Account, Delivery, Publication, World, caller_keys, new_id
from zhijian.sandbox.wechat import drafts
from zhijian.sandbox.wechat.answers import Refusal, done
from zhijian.sandbox.wechat.cleaning import text_of

if TYPE_CHECKING:
    from zhijian.sandbox.wechat.gate import Call

QUEUED: Final = 1
PUBLISHED: Final = 0
REJECTED: Final = 4


def submit(call: Call) -> dict[str, Any]:
    """Answer freepublish/submit: errcode 0 means "queued", not "published"."""
    draft = drafts.found(call)
    world, account = call.world, call.account
    job = Publication(
        publish_id=world.number(),
        msg_data_id=world.number(),
        draft_id=draft.media_id,
        articles=draft.articles,
        due_at=world.now() + account.publish_seconds,
    )
    account.publications.append(job)
    if account.consume == "submit":
        account.drafts.remove(draft)
    world.record("publish_submitted", account.appid, publish_id=job.publish_id, keys=caller_keys(job.articles))
    return {**done(), "publish_id": job.publish_id, "msg_data_id": job.msg_data_id}


def finish_due_jobs(world: World) -> None:
    """Finish every queued job whose time has come."""
    for account in world.accounts.values():
        for job in account.publications:
            if job.status == QUEUED and job.due_at <= world.now():
                _finish(world, account, job)


def status(call: Call) -> dict[str, Any]:
    """Answer freepublish/get."""
    finish_due_jobs(call.world)
    for job in call.account.publications:
        if job.publish_id == call.text("publish_id"):
            return {"publish_id": job.publish_id, "publish_status": job.status, **_details(call.world, job)}
    raise Refusal(40035)


def article(call: Call) -> dict[str, Any]:
    """Answer freepublish/getarticle."""
    job = _published(call)
    return {"news_item": _items(call.world, job)}


def listing(call: Call) -> dict[str, Any]:
    """Answer freepublish/batchget, newest first: what was published and not wholly deleted."""
    finish_due_jobs(call.world)
    offset, count = call.page()
    kept = [job for job in reversed(call.account.publications) if job.status == PUBLISHED and not all(job.deleted)]
    items = [_listed(call, job) for job in kept[offset : offset + count]]
    return {"item": items, "total_count": len(kept), "item_count": len(items)}


def delete(call: Call) -> dict[str, Any]:
    """Answer freepublish/delete: the index counts from 1; 0 or none deletes everything."""
    job, index = _published(call), call.body.get("index", 0)
    if not isinstance(index, int) or not 0 <= index <= len(job.articles):
        raise Refusal(40114)
    for number in range(len(job.articles)):
        if index in {0, number + 1}:
            job.deleted[number] = True
    if all(job.deleted):
        job.status = 5
    call.world.record("publication_deleted", call.account.appid, article_id=job.article_id, index=index)
    return done()


def _finish(world: World, account: Account, job: Publication) -> None:
    job.finished_at = world.now()
    job.fail_idx = [number for number, article in enumerate(job.articles, start=1) if _refused(account, article)]
    keys = caller_keys(job.articles)
    if job.fail_idx:
        job.status = REJECTED
        world.record("publish_rejected", account.appid, publish_id=job.publish_id, keys=keys)
    else:
        _publish(account, job)
        world.record("published", account.appid, article_id=job.article_id, publish_id=job.publish_id, keys=keys)
    _tell(world, account, job)


def _publish(account: Account, job: Publication) -> None:
    job.status = PUBLISHED
    job.article_id = new_id(64)
    job.slugs = [new_id(22) for _ in job.articles]
    job.deleted = [False for _ in job.articles]
    account.drafts = [draft for draft in account.drafts if draft.media_id != job.draft_id]


def _refused(account: Account, article: dict[str, Any]) -> bool:
    text = article["title"] + text_of(article["content"])
    return any(word in text for word in account.review_words)


def _details(world: World, job: Publication) -> dict[str, Any]:
    if job.status == QUEUED:
        return {"fail_idx": []}
    if not job.article_id:
        return {"fail_idx": job.fail_idx}
    items = [{"idx": idx, "article_url": address(world, slug)} for idx, slug in enumerate(job.slugs, start=1)]
    return {"article_id": job.article_id, "article_detail": {"count": len(items), "item": items}, "fail_idx": []}


def address(world: World, slug: str) -> str:
    """Return the public address of a published article."""
    return f"{world.base_url}/s/{slug}"


def _items(world: World, job: Publication) -> list[dict[str, Any]]:
    return [
        {**article, "show_cover_pic": 1, "thumb_url": "", "url": address(world, slug), "is_deleted": gone}
        for article, slug, gone in zip(job.articles, job.slugs, job.deleted, strict=True)
    ]


def _listed(call: Call, job: Publication) -> dict[str, Any]:
    hidden = {"content"} if call.body.get("no_content") == 1 else set()
    items = [{name: value for name, value in item.items() if name not in hidden} for item in _items(call.world, job)]
    moment = int(job.finished_at)
    content = {"news_item": items, "create_time": moment, "update_time": moment}
    return {"article_id": job.article_id, "content": content, "update_time": moment}


def _published(call: Call) -> Publication:
    finish_due_jobs(call.world)
    wanted = call.text("article_id")
    for job in call.account.publications:
        if job.article_id and job.article_id == wanted:
            return job
    raise Refusal(53600)


def _tell(world: World, account: Account, job: Publication) -> None:
    callback = account.callback
    if not callback.url:
        return
    if callback.lose > 0:
        callback.lose -= 1
        world.record("callback_lost", account.appid, publish_id=job.publish_id)
        return
    xml = _event_xml(world, account, job)
    for _ in range(1 + callback.extra):
        world.outbox.append(Delivery(account.appid, xml, world.now() + callback.delay))


def _event_xml(world: World, account: Account, job: Publication) -> str:
    items = "".join(
        f"<item><idx>{idx}</idx><article_url><![CDATA[{address(world, slug)}]]></article_url></item>"
        for idx, slug in enumerate(job.slugs, start=1)
    )
    # As in the platform's own sample, the article id is broken over two lines.
    half = len(job.article_id) // 2
    article_id = f"<article_id><![CDATA[{job.article_id[:half]}\n{job.article_id[half:]}]]></article_id>"
    detail = f"{article_id}<article_detail><count>{len(job.slugs)}</count>{items}</article_detail>"
    refused = "".join(f"<fail_idx>{idx}</fail_idx>" for idx in job.fail_idx)
    return (
        f"<xml><ToUserName><![CDATA[{account.original_id}]]></ToUserName>"
        f"<FromUserName><![CDATA[oMpHelper]]></FromUserName><CreateTime>{int(job.finished_at)}</CreateTime>"
        f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[PUBLISHJOBFINISH]]></Event>"
        f"<PublishEventInfo><publish_id>{job.publish_id}</publish_id><publish_status>{job.status}</publish_status>"
        f"{detail if job.article_id else ''}{refused}</PublishEventInfo></xml>"
    )
