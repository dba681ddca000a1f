"""Pages copied from a Discuz forum: the first post is the article, everything around it is not."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from zhijian.content.document.nodes import paragraph
from zhijian.content.importing.patterns import COLON, DATE, HAN
from zhijian.content.importing.results import Line, Page

SIGNS: Final = re.compile(
    rf"找回密码|使用道具|显示全部楼层|本版积分规则|您需要登录后才可以|Discuz!|收起左侧"
    rf"|\[复制链接\]|^查看{COLON}|^Rank{COLON}|^发表于 ?\d|快速回复"
)
SIGNS_NEEDED: Final = 3
POSTED: Final = re.compile(rf"^(?:楼主\s*)?(?:[|]\s*)?发表于\s*{DATE.pattern}")
COPY_LINK: Final = re.compile(r"\s*\[复制链接\]\s*$")
END_OF_POSTS: Final = re.compile(
    rf"^(?:您需要登录后才可以回帖|本版积分规则|快速回复"
    rf"|发表回复$|高级模式$|使用道具|回复\s*使用道具|举报$|关于我们\s*[|]|GMT\+8|Powered by)|^热搜{COLON}"
)
INSIDE_POST: Final = re.compile(
    r"^(?:马上注册|您需要登录才可以(?:下载|查看)|登录/注册后可看|x$|没有帐号|本帖最后由.*编辑$|点击文件名下载附件|"
    r"下载附件|保存到相册|电梯直达|跳转到指定楼层|楼主$|沙发$|只看该作者|倒序浏览)"
)
PROFILE: Final = re.compile(
    r"^(?:[\d,.]+万?|主题|回帖|帖子|积分|精华|威望|金钱|贡献|好友|听众|"
    r"在线时间.*|注册时间.*|最后登录.*|阅读权限|UID.*|Rank: ?\d.*|发消息|加好友|收听TA|TA的.*|当前离线|当前在线)$"
)
RANK: Final = re.compile(r"^(?:Rank|积分$)")
JUNK_PIECE: Final = r"[!-~]{1,3}"
JUNK_LINE: Final = re.compile(rf"^(?:{JUNK_PIECE}\s+){{3,}}{JUNK_PIECE}$")
JUNK_PREFIX: Final = re.compile(rf"^(?:{JUNK_PIECE}\s+){{4,}}(?:[!-~]{{1,2}}(?=[{HAN}“《]))?")
JUNK_SUFFIX: Final = re.compile(rf"(?:\s+{JUNK_PIECE}){{5,}}$")
LONG_REPLY: Final = 200
POST_LINE_AT_MOST: Final = 5_000
RANK_AT_MOST: Final = 12


def is_forum(lines: Sequence[Line]) -> bool:
    """Tell whether at least three different signs of a forum page are there."""
    found = {match.group() for line in lines if (match := SIGNS.search(line.words))}
    return len(found) >= SIGNS_NEEDED


def is_junk(words: str) -> bool:
    """Tell whether a line is one of the random strings Discuz hides in posts against copying."""
    if not JUNK_LINE.match(words):
        return False
    signs = sum(not character.isalnum() and not character.isspace() for character in words)
    return signs >= 2 and any(character.isalpha() for character in words)  # noqa: PLR2004  "A B C D" is no junk


def take_first_post(page: Page) -> None:
    """Keep the first post and the title; take out frames, profiles, replies and hidden strings."""
    if not is_forum(page.lines):
        return
    lines = page.lines
    posts = [index for index, line in enumerate(lines) if POSTED.match(line.words)]
    start = posts[0] + 1 if posts else 0
    end = _end_of_first_post(lines, start, posts[1] if len(posts) > 1 else len(lines))
    if posts and not page.published:
        page.published = lines[posts[0]].words
    _find_title(page, lines[: start or _head(lines)])
    for line in lines[:start]:
        page.take_out("forum", "" if line.words == page.title else line.words)
    kept = [cleaned for line in lines[start:end] if (cleaned := _cleaned(page, line))]
    page.lines = kept + _long_replies(page, lines[end:])


def _head(lines: Sequence[Line]) -> int:
    return next((index for index, line in enumerate(lines) if "复制链接" in line.words), -1) + 1


def _find_title(page: Page, head: Sequence[Line]) -> None:
    for index, line in enumerate(head):
        if COPY_LINK.search(line.words) and not page.title:
            own = COPY_LINK.sub("", line.words)
            page.title = own or (head[index - 1].words if index else "")


def _end_of_first_post(lines: Sequence[Line], start: int, second: int) -> int:
    end = second
    while end > start and _is_profile(lines, end - 1):
        end -= 1
    for index in range(start, end):
        if END_OF_POSTS.match(lines[index].words):
            return index
    return end


def _is_profile(lines: Sequence[Line], index: int) -> bool:
    words = lines[index].words
    following = lines[index + 1].words if index + 1 < len(lines) else ""
    return bool(PROFILE.match(words)) or (len(words) <= RANK_AT_MOST and bool(RANK.match(following)))


def _cleaned(page: Page, line: Line) -> Line | None:
    """Return the line without hidden strings, or None when nothing else was in it."""
    words = line.words
    if not line.is_text or not words or len(words) > POST_LINE_AT_MOST:
        return line
    if is_junk(words) or INSIDE_POST.match(words) or words in {"回复", "举报"}:
        page.take_out("forum", words)
        return None
    cleaned = _without_junk(words)
    if cleaned == words:
        return line
    page.take_out("forum", words.replace(cleaned, "").strip())
    return replace(line, block=paragraph(cleaned)) if cleaned else None


def _without_junk(words: str) -> str:
    for pattern in (JUNK_PREFIX, JUNK_SUFFIX):
        match = pattern.search(words)
        if match and is_junk(" ".join(match.group().split())):
            words = words.replace(match.group(), "", 1)
    return words.strip()


def _long_replies(page: Page, rest: Sequence[Line]) -> list[Line]:
    """Replies are taken out; one long enough to be a part of the article stays, marked."""
    kept = []
    for line in rest:
        if len(line.words) >= LONG_REPLY:
            kept.append(line.mark("forum"))
        else:
            page.take_out("forum", line.words)
    return kept
