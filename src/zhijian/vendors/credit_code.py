"""The unified social credit code (统一社会信用代码, GB 32100-2015): eighteen signs, the last one checks the others."""

from __future__ import annotations

from typing import Final

SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH: Final = 18


def check_sign(first: str) -> str:
    """Return the check sign of the first seventeen (GB 32100-2015, 5.2.5). Raises ValueError for other signs."""
    total = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(first))
    return SIGNS[-total % 31]


def read_credit_code(text: str) -> str:
    """Return the code in its plain form. Raises ValueError with a sentence that says what to mend."""
    code = "".join(text.split()).upper()
    if len(code) != LENGTH:
        raise ValueError(f"统一社会信用代码是 18 位，这里是 {len(code)} 位。请照营业执照核对。")
    odd = sorted(set(code) - set(SIGNS))
    if odd:
        raise ValueError(f"统一社会信用代码里没有“{'、'.join(odd)}”（不用 I、O、S、V、Z）。请照营业执照核对。")
    if check_sign(code[:-1]) != code[-1]:
        raise ValueError("统一社会信用代码的校验位不对，有一位抄错了。请照营业执照核对。")
    return code
