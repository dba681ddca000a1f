"""What the answer to a link check means, three-valued; a page that says it is gone is gone, whatever its status."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from zhijian.lib.fetching import Gone, NotSeen, Obstacle, Reached
from zhijian.observation.enums import Landing, LinkResult
from zhijian.observation.reading.feeds import decoded
from zhijian.observation.reading.pages import title_of
from zhijian.screening.pages import judge_page, judge_variants, verdict_of

if TYPE_CHECKING:
    from zhijian.lib.fetching import Outcome

TITLED: Final = frozenset({"text/html", "application/xhtml+xml"})
LONGEST_REASON: Final = 300
REFUSING: Final = frozenset({401, 403, 405, 429, 451})
SERVER_FAULT: Final = 500
# What the platform writes on a page it answers with 200, as readers see it.
SAYS_GONE: Final = (
    "该内容已被发布者删除", "此内容因违规无法查看", "此帐号已被屏蔽", "此账号已被屏蔽", "该公众号已迁移",
    "此内容被投诉且经审核涉嫌侵权", "页面不存在或已被删除",
)  # fmt: skip
SAYS_WAIT: Final = ("当前环境异常，完成验证后即可继续访问", "访问过于频繁，请用微信扫描二维码进行访问")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one look at an address brought. `reason` is empty only for a page reached and found in order."""

    result: LinkResult
    status: int | None = None
    final_url: str = ""
    title: str = ""
    reason: str = ""
    landing: Landing = Landing.NOT_READ
    signs: tuple[str, ...] = ()


def judged_link(outcome: Outcome) -> Verdict:
    """Turn an answer of the guarded fetch into the verdict that is kept."""
    if isinstance(outcome, Gone):
        return Verdict(LinkResult.GONE, outcome.status, outcome.url, reason=outcome.sentence)
    if isinstance(outcome, NotSeen):
        result = LinkResult.GONE if outcome.obstacle is Obstacle.LOOP else LinkResult.COULD_NOT_LOOK
        return Verdict(result, None, outcome.url, reason=outcome.sentence)
    return _judged_answer(outcome)


def _judged_answer(answer: Reached) -> Verdict:
    if answer.status in REFUSING:
        reason = f"对方不让程序打开（{answer.status}），请人工打开看看。"
    elif answer.status >= SERVER_FAULT:
        reason = f"对方网站出错（{answer.status}），稍后自动再看。"
    elif not answer.is_page:
        reason = f"对方给出没见过的回答（{answer.status}），请人工打开看看。"
    else:
        return _judged_page(answer)
    return Verdict(LinkResult.COULD_NOT_LOOK, answer.status, answer.url, reason=reason)


def _judged_page(answer: Reached) -> Verdict:
    if answer.media_type not in TITLED:
        return Verdict(LinkResult.REACHED, answer.status, answer.url)
    text = decoded(answer.body, answer.charset)
    title = title_of(text)
    gone = next((words for words in SAYS_GONE if words in text), "")
    if gone:
        return Verdict(LinkResult.GONE, answer.status, answer.url, title, f"页面上写着“{gone}”。")
    if any(words in text for words in SAYS_WAIT):
        return Verdict(
            LinkResult.COULD_NOT_LOOK, answer.status, answer.url, title, "平台要求人工验证，请人工打开看看。"
        )
    return _judged_landing(answer, text, title)


def _judged_landing(answer: Reached, text: str, title: str) -> Verdict:
    """Tell whether somebody else's page, or one somebody else wrote into, stands where the link leads."""
    found = verdict_of(judge_page(text, url=answer.url))
    if not found.kind:
        return Verdict(LinkResult.REACHED, answer.status, answer.url, title, landing=Landing.CLEAN)
    reason = f"{found.sentence}{found.evidence[0]}"[:LONGEST_REASON]
    return Verdict(LinkResult.REACHED, answer.status, answer.url, title, reason, Landing(found.kind), found.evidence)


def with_crawled(verdict: Verdict, shown: Outcome, crawled: Outcome) -> Verdict:
    """Return the verdict of a clean page, mended by what the same link gives search engines.

    What could not be seen that way, or is no page, says nothing: the verdict stays.
    """
    if not (isinstance(shown, Reached) and isinstance(crawled, Reached) and crawled.is_page):
        return verdict
    if crawled.media_type not in TITLED:
        return verdict
    first, second = decoded(shown.body, shown.charset), decoded(crawled.body, crawled.charset)
    found = verdict_of(judge_variants(first, second, url=shown.url, crawled_url=crawled.url))
    if not found.kind:
        return verdict
    reason = f"{found.sentence}{found.evidence[0]}"[:LONGEST_REASON]
    return replace(verdict, reason=reason, landing=Landing(found.kind), signs=found.evidence)
