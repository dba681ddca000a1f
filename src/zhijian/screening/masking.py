"""Masking personal information for a page or a notice.

The pattern follows 永安市's published rule: a phone as 138****1234, an identity number with its first two and last
three characters, an address only down to the township. Kinds that rule does not name keep less than half.
"""

from __future__ import annotations

import re

from zhijian.screening.disguises import fold
from zhijian.screening.enums import PrivateKind

_KEPT = {
    PrivateKind.RESIDENT_ID: (2, 3),
    PrivateKind.MOBILE: (3, 4),
    PrivateKind.BANK_CARD: (0, 4),
    PrivateKind.PASSPORT: (1, 2),
    PrivateKind.PLATE: (2, 1),
}
_MOBILE_DIGITS = 11
_NOT_A_SIGN = re.compile(r"[^0-9a-z\u4e00-\u9fff]")
_TOWNSHIP = re.compile(r".*?(?:街道办事处|街道|镇|乡|苏木)")
_COUNTY = re.compile(r".*?(?:自治县|县|区|旗|市(?!区))")


def mask(kind: PrivateKind | str, value: str) -> str:
    """Return `value` masked. Gaps, disguises and a country code are taken out first; letters come back in capitals.

    A value too short to keep anything is starred whole. Raises `ValueError` for an unknown kind.
    """
    kind = PrivateKind(kind)
    if kind is PrivateKind.ADDRESS:
        return _mask_address(value)
    signs = _NOT_A_SIGN.sub("", fold(value)).upper()
    if kind is PrivateKind.MOBILE:
        signs = signs[-_MOBILE_DIGITS:]
    head, tail = _KEPT[kind]
    if len(signs) <= head + tail:
        return "*" * len(signs)
    return signs[:head] + "*" * (len(signs) - head - tail) + signs[len(signs) - tail :]


def _mask_address(value: str) -> str:
    kept = _TOWNSHIP.match(value) or _COUNTY.match(value)
    return (kept[0] if kept else "") + "***"
