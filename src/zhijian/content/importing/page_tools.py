"""Tools of a page that come along when it is copied: share bars, font sizes, breadcrumbs, invitations to follow."""

import re
from typing import Final

from zhijian.content.importing.patterns import NAVIGATION

PIECES: Final = re.compile("[\\s|/·、,>»+\uff0c:\uff1a\uff0f\uff5c丨\\[\\]【】()\uff08\uff09「」-]+")
COUNT: Final = re.compile(r"^\d[\d.]*(?:万|w)?(?:次|人|条|个)?$", re.IGNORECASE)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that are a button wherever a line holds nothing else.
BUTTONS: Final = _words(
    "点赞 在看 点个在看 点个赞 分享 转发 收藏 收藏本文 收藏本页 收藏此页 加入收藏 我要收藏 分享到 分享至 分享本文 "
    "分享到微信 分享到微博 分享到朋友圈 分享到微信朋友圈 一键分享 我要分享 复制链接 链接已复制 阅读原文 展开全文 展开 "
    "收起 回到顶部 返回顶部 返回首页 返回列表 返回上一级 返回上页 返回上一页 打印 打印本页 打印本文 打印此页 我要打印 "
    "关闭 关闭窗口 关闭本页 字体大小 大中小 上一页 下一页 上一篇 下一篇 上一条 下一条 登录 注册 举报 我要纠错 网站纠错 "
    "政府网站找错 我为政府网站找错 网站无障碍 无障碍浏览 长者专区 长者模式 长辈版 适老版 语音播报 听新闻 朗读"
)
# Words that are buttons only in the company of others: each may be a heading or a point of a list on its own.
COMPANIONS: Final = _words(
    "字体 字号 大 中 小 默认 超大 赞 评论 留言 阅读 浏览 点击 关注 订阅 下载 首页 上页 下页 尾页 末页 无 没有了 "
    "微信 微博 新浪微博 腾讯微博 朋友圈 微信好友 微信朋友圈 QQ QQ好友 QQ空间 人人网 豆瓣 钉钉 更多 简体 繁体 "
    "無障礙 无障碍 English"
)
COUNTED: Final = _words("阅读 浏览 点击 赞 评论 留言")
INVITATION: Final = re.compile(
    r"^(?:长按|扫描|扫一下|识别|微信扫).{0,16}(?:关注|分享)(?:我们|公众号|(?:到|至)?(?:微信)?(?:朋友圈)?|给好友)?$"
    r"|^点击?(?:上方|下方|右上角|左下角)?[“\"]?(?:蓝字|名片).{0,12}(?:关注|订阅|置顶).{0,8}$"
    r"|^(?:用微信|微信里点).{0,12}扫.{0,6}(?:分享|便可).{0,20}$"
    r"|^[—\-\s]*(?:THE )?END[—\-\s]*$"
    r"|^(?:免责)?声明[:\uff1a].{0,20}(?:转载|作者|本文|版权|来源).{0,60}$"
)
INVITATION_AT_MOST: Final = 90


def is_page_tool(words: str) -> bool:
    """Tell whether a line is nothing but a tool of the page (breadcrumb, font size, share, print)."""
    if NAVIGATION.search(words) or words.count(" > ") >= 2 or words.count(">>") >= 2:  # noqa: PLR2004  one ">" may be prose
        return True
    return _only_buttons([piece for piece in PIECES.split(words) if piece])


def _only_buttons(pieces: list[str]) -> bool:
    """A row of counts alone is a table; words with their counts, or several words, are a bar of buttons."""
    named = [piece for piece in pieces if not COUNT.match(piece)]
    if not named or not all(piece in BUTTONS or piece in COMPANIONS for piece in named):
        return False
    if len(named) == 1:
        return named[0] in BUTTONS or (named[0] in COUNTED and len(pieces) > 1)
    return True


def is_invitation(words: str) -> bool:
    """Tell whether a line looks like an invitation or a closing of the page; it may be meant, so it is only marked."""
    return len(words) <= INVITATION_AT_MOST and bool(INVITATION.search(words))
