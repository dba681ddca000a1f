"""The number of a case: year, serial, check digit. A slip of the pen is told before anything is looked up."""

from __future__ import annotations

import re
from typing import Final

DIGITS: Final = 10
SERIAL_WIDTH: Final = 7
_NUMBER = re.compile(r"(20\d\d)-?(\d{7,10})-?(\d)")


def number_of(year: int, serial: int) -> str:
    """Return `2026-0000123-7`: the last digit is the check of all before it (ISO 7064, MOD 11,10)."""
    body = f"{year}{serial:0{SERIAL_WIDTH}d}"
    return f"{year}-{body[4:]}-{check_digit(body)}"


def check_digit(digits: str) -> int:
    """Return the check digit of ISO 7064 MOD 11,10: it tells every single wrong digit and nearly every swap."""
    product = DIGITS
    for digit in digits:
        total = (product + int(digit)) % DIGITS or DIGITS
        product = total * 2 % (DIGITS + 1)
    return (DIGITS + 1 - product) % DIGITS


def read_number(text: str) -> str | None:
    """Return a number as it is kept, from what a person typed; None when it is none or its check digit is wrong."""
    found = _NUMBER.fullmatch(re.sub(r"[\s－—_]", "", text.strip().replace("－", "-")))
    if found is None or check_digit(found[1] + found[2]) != int(found[3]):
        return None
    return f"{found[1]}-{found[2]}-{found[3]}"
