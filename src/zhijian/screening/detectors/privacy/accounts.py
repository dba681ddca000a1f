"""Bank cards and the private accounts of persons: mail, WeChat, QQ."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from zhijian.screening.detectors.privacy.identity import NEAR_IDENTITY, is_identity
from zhijian.screening.detectors.privacy.signs import GAP, after, before, hit, is_evenly_torn, signs_of
from zhijian.screening.enums import PrivateKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhijian.screening.detectors.hits import Hit
    from zhijian.screening.disguises import Page
    from zhijian.screening.rule import Rule

_BANK_CARD = re.compile(rf"[3-69](?<![0-9.].)(?<![0-9]-.)(?:{GAP}[0-9]){{15,18}}(?!\.?[0-9])(?!-[0-9])(?!x)")
_NEAR_CARD = re.compile(
    "卡号|银行卡|信用卡|储蓄卡|借记卡|工资卡|社保卡|账户|账号|帐号|开户|打款|打入|汇款|汇至|转账|一卡通|一本通"
)
_NEAR_ORDER = re.compile(
    "订单|单号|流水|编号|条码|二维码|索引|序列号|受理号|查询码|合同号|发票|凭证|运单|邮件号|串号|许可|批号|代码",
)
_OFFICE_ACCOUNT = re.compile(
    "(?:局|厅|委|办|政府|公司|中心|学校|医院|财政|"
    "工会|协会|基金会|合作社|村委会|居委会|专户|国库|对公|单位账|保证金|基本账户)[^。\n]{0,20}$",
)
_UNION_PAY = "62"
_PRIVATE_MAIL = re.compile(
    r"[a-z0-9](?<![a-z0-9._%+\-].)[a-z0-9._%+\-]{1,39}@(?:vip\.)?(?:qq|163|126|139|189|wo|yeah|sina|sohu|foxmail|gmail|"
    r"hotmail|outlook|aliyun|21cn|icloud|live|msn|yahoo|tom|88)\.(?:com|net|cn|com\.cn)(?![a-z0-9\-])",
)
_PUBLIC_MAIL = re.compile(
    "举报|监督|投稿|意见|建议|咨询|办公|公开|政务|征集|报名|受理|信访|官方|单位|"
    "工作|部门|反馈|投诉|征求|纪检|招聘|服务|热线|来信|"
    "供稿",
)
_OWN_MAIL = re.compile("本人|个人|我的|私人|的邮箱|的电子邮箱")
_WECHAT = re.compile(
    "(?:微信(?:号码?|账号)|(?:加|我的?)微信|微信(?=[是为:： \u3000])|"
    "(?<![a-z])(?:vx|wx|wechat|weixin)号?(?=[是为:： \u3000]))"
    "[是为:： \u3000]{0,3}(?P<hit>(?!wechat|weixin|http)[a-z][a-z0-9_\\-]{5,19})(?![a-z0-9_\\-.@/:])",
)
_WECHAT_WORDS = ("微信", "vx", "wx", "wechat", "weixin")
_QQ = re.compile(
    "(?<![a-z0-9@])qq(?:号码?|账号)?[是为:： \u3000]{0,3}(?P<hit>[1-9][0-9]{4,10})(?![0-9])",
)
_PUBLIC_ACCOUNT = re.compile("公众号?$|企业$|官方$|客服$|服务$|政务$|工作$")


def bank_card(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find bank card numbers: the Luhn check (ISO/IEC 7812-1) and an issuer's head or words about cards nearby.

    Accounts of offices and firms, published so that people can pay into them, are left alone.
    """
    for match in _BANK_CARD.finditer(page.folded):
        signs, left = signs_of(match[0]), before(page, match.start())
        if not passes_luhn(signs) or is_identity(signs) or not is_evenly_torn(match[0], len(signs)):
            continue
        if not signs.startswith(_UNION_PAY) and _OFFICE_ACCOUNT.search(before(page, match.start(), reach=40)):
            continue
        if NEAR_IDENTITY.search(left) and not _NEAR_CARD.search(left):
            continue
        if _NEAR_CARD.search(left) or (signs.startswith(_UNION_PAY) and not _NEAR_ORDER.search(left)):
            yield hit(
                PrivateKind.BANK_CARD, match.start(), match.end(), match[0], f"{len(signs)}位数字，符合银行卡号校验"
            )


def passes_luhn(digits: str) -> bool:
    """Tell whether the last digit is the Luhn check of the others. One digit repeated never passes."""
    doubled = str.maketrans("0123456789", "0246813579")
    total = sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2].translate(doubled)))
    return total % 10 == 0 and len(set(digits)) > 1


def personal_email(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find addresses at hosts where persons have their mail, unless the text offers them for public business."""
    for match in _PRIVATE_MAIL.finditer(page.folded) if "@" in page.folded else ():
        left = before(page, match.start())
        if _OWN_MAIL.search(left) or not _PUBLIC_MAIL.search(left):
            yield hit(PrivateKind.EMAIL, match.start(), match.end(), match[0], "个人邮箱常用的域名")


def wechat(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find WeChat numbers of persons. Public accounts (公众号) are not meant."""
    if any(word in page.folded for word in _WECHAT_WORDS):
        yield from _named_accounts(page, _WECHAT, PrivateKind.WECHAT, "上文说明是微信号")


def qq(page: Page, _rule: Rule) -> Iterator[Hit]:
    """Find QQ numbers of persons. Groups (QQ群) are not meant."""
    if "qq" in page.folded:
        yield from _named_accounts(page, _QQ, PrivateKind.QQ, "上文说明是QQ号")


def _named_accounts(page: Page, expression: re.Pattern[str], kind: PrivateKind, why: str) -> Iterator[Hit]:
    for match in expression.finditer(page.folded):
        start, end = match.span("hit")
        if not _PUBLIC_ACCOUNT.search(before(page, match.start())) and not after(page, end).startswith("群"):
            yield hit(kind, start, end, match["hit"], why)
