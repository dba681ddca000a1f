"""Masking personal information for a page or a notice.

The pattern follows 永安市's published rule: a phone as 138****1234, an identity number with its first two and last
three characters, an address only down to the township. Kinds that rule does not name keep less than half.
"""

from __future__ import annotations

import re

from zhijian.screening.enums import PrivateKind
from zhijian.screening.plain import fold

_KEPT = {
    PrivateKind.RESIDENT_ID: (2, 3),
    PrivateKind.MOBILE: (3, 4),
    PrivateKind.BANK_CARD: (0, 4),
    PrivateKind.PASSPORT: (1, 2),
    PrivateKind.PLATE: (2, 1),
    PrivateKind.LANDLINE: (0, 2),
    PrivateKind.TRAVEL_PERMIT: (1, 2),
    PrivateKind.SOCIAL_SECURITY: (0, 3),
    PrivateKind.MEDICAL_RECORD: (0, 2),
    PrivateKind.WECHAT: (1, 1),
    PrivateKind.QQ: (1, 1),
}
_DIGITS = {
    **dict(zip("〇零一二三四五六七八九", "00123456789", strict=True)),
    **dict(zip("壹贰叁肆伍陆柒捌玖幺", "1234567891", strict=True)),
    **{chr(0x2460 + place): str(place + 1) for place in range(9)},
    **{chr(0x2776 + place): str(place + 1) for place in range(9)},
    **{chr(0x24F5 + place): str(place + 1) for place in range(9)},
    **{chr(0x2474 + place): str(place + 1) for place in range(9)},
    "\u24ea": "0",
}
_PLAIN = str.maketrans(_DIGITS)
_NUMBERS = frozenset({PrivateKind.RESIDENT_ID, PrivateKind.MOBILE, PrivateKind.BANK_CARD})
_MOBILE_DIGITS = 11
_NOT_A_SIGN = re.compile(r"[^0-9a-z\u4e00-\u9fff]")
_TOWNSHIP = re.compile(r".*?(?:街道办事处|街道|镇|乡|苏木)")
_COUNTY = re.compile(r".*?(?:自治县|县|区|旗|市(?!区))")


def plain_digits(text: str) -> str:
    """Return `text` folded, with Chinese numerals and circled digits as plain ones: as many code points as before."""
    return fold(text).translate(_PLAIN)


def mask(kind: PrivateKind | str, value: str) -> str:
    """Return `value` masked. Gaps, disguises and a country code are taken out first; letters come back in capitals.

    A value too short to keep anything is starred whole. Raises `ValueError` for an unknown kind.
    """
    kind = PrivateKind(kind)
    if kind is PrivateKind.ADDRESS:
        return _mask_address(value)
    if kind is PrivateKind.NAME:
        return value[:1] + "某" * max(1, len(value) - 1)
    if kind is PrivateKind.EMAIL:
        name, _, host = value.partition("@")
        return f"{name[:1]}***@{host}"
    signs = _NOT_A_SIGN.sub("", plain_digits(value) if kind in _NUMBERS else fold(value)).upper()
    if kind is PrivateKind.MOBILE:
        signs = signs[-_MOBILE_DIGITS:]
    head, tail = _KEPT[kind]
    if len(signs) <= head + tail:
        return "*" * len(signs)
    return signs[:head] + "*" * (len(signs) - head - tail) + signs[len(signs) - tail :]


def _mask_address(value: str) -> str:
    kept = _TOWNSHIP.match(value) or _COUNTY.match(value)
    return (kept[0] if kept else "") + "***"
