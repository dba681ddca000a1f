"""The words of this room: how bad a finding is, what it is about, and in which disguises a wrong form may come."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is. `VETO` fails the account at an inspection (国办秘函〔2019〕19号, 严重表述错误)."""

    VETO = "veto"
    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"

    @property
    def label(self) -> str:
        return _SEVERITY_LABELS[self]

    @property
    def rank(self) -> int:
        """Return 0 for the most severe."""
        return _RANKS[self]

    @property
    def blocks(self) -> bool:
        """Tell whether a text with such a finding may not go on without a signed override."""
        return self in {Severity.VETO, Severity.ERROR}


_SEVERITY_LABELS = {
    Severity.VETO: "严重错误",
    Severity.ERROR: "错误",
    Severity.WARNING: "提醒",
    Severity.HINT: "建议",
}
_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Category(StrEnum):
    """What a finding is about. Each packaged category is one file of `rules/`."""

    STATE_NAME = "state_name"
    LEADER_NAME_TITLE = "leader_name_title"
    ORG_TITLE = "org_title"
    POLITICAL_TERM = "political_term"
    PLACE_NAME = "place_name"
    TYPO = "typo"
    CONFUSABLE = "confusable"
    SOVEREIGNTY = "sovereignty"
    ETHNIC_RELIGION = "ethnic_religion"
    LEGAL = "legal"
    SOCIAL = "social"
    SUPERLATIVE = "superlative"
    INTERNATIONAL = "international"
    PUNCTUATION = "punctuation"
    NUMBERS = "numbers"
    DOCUMENT_NUMBER = "document_number"
    ADVERT = "advert"
    OFF_VOICE = "off_voice"
    SECRECY_HINT = "secrecy_hint"
    PRIVACY = "privacy"
    BAD_LINK = "bad_link"
    BODY_TERM = "body_term"

    @property
    def label(self) -> str:
        return _CATEGORY_LABELS[self]


_CATEGORY_LABELS = {
    Category.STATE_NAME: "国名和国家机关名称",
    Category.LEADER_NAME_TITLE: "领导人姓名职务",
    Category.ORG_TITLE: "机构和职务称谓",
    Category.POLITICAL_TERM: "政治术语和专项名称",
    Category.PLACE_NAME: "地名和行政区划",
    Category.TYPO: "错别字",
    Category.CONFUSABLE: "易混用词",
    Category.SOVEREIGNTY: "领土主权和港澳台",
    Category.ETHNIC_RELIGION: "民族宗教",
    Category.LEGAL: "法律用语",
    Category.SOCIAL: "社会生活用语",
    Category.SUPERLATIVE: "绝对化用语",
    Category.INTERNATIONAL: "国际关系",
    Category.PUNCTUATION: "标点符号",
    Category.NUMBERS: "数字、日期和计量",
    Category.DOCUMENT_NUMBER: "发文字号",
    Category.ADVERT: "商业广告",
    Category.OFF_VOICE: "强制点赞转发和不当口吻",
    Category.SECRECY_HINT: "涉密和内部资料",
    Category.PRIVACY: "个人信息",
    Category.BAD_LINK: "链接",
    Category.BODY_TERM: "本单位用语",
}


class Disguise(StrEnum):
    """A way of writing that hides a form from a plain search. A rule names the ones that count for it."""

    WIDTH = "width"
    CASE = "case"
    TRADITIONAL = "traditional"
    ZERO_WIDTH = "zero_width"
    INTERPOSED = "interposed"
    LOOK_ALIKE = "look_alike"
    HOMOPHONE = "homophone"
    SPLIT = "split"
    DIGITS = "digits"

    @property
    def label(self) -> str:
        return _DISGUISE_LABELS[self]


_DISGUISE_LABELS = {
    Disguise.WIDTH: "全角半角变化",
    Disguise.CASE: "大小写变化",
    Disguise.TRADITIONAL: "繁体字",
    Disguise.ZERO_WIDTH: "零宽字符",
    Disguise.INTERPOSED: "夹入空格或符号",
    Disguise.LOOK_ALIKE: "形近字符",
    Disguise.HOMOPHONE: "同音字",
    Disguise.SPLIT: "拆字",
    Disguise.DIGITS: "变形数字",
}


class PrivateKind(StrEnum):
    """The kinds of personal information that are found and masked."""

    RESIDENT_ID = "resident_id"
    MOBILE = "mobile"
    BANK_CARD = "bank_card"
    PASSPORT = "passport"
    PLATE = "plate"
    ADDRESS = "address"
    LANDLINE = "landline"
    TRAVEL_PERMIT = "travel_permit"
    SOCIAL_SECURITY = "social_security"
    MEDICAL_RECORD = "medical_record"
    EMAIL = "email"
    WECHAT = "wechat"
    QQ = "qq"
    NAME = "name"
