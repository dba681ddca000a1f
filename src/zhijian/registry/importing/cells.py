"""Reading one cell as people fill it in: full-width digits, five date styles, 1.2万, phones that became floats."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

EXCEL_EPOCH = date(1899, 12, 30)
SERIALS = range(29_221, 73_051)  # 1980-01-01 … 2100-01-01
OLDEST_YEAR, NEWEST_YEAR = 1990, 2099
LONG_NUMBER = 10**15
FEWEST_PHONE_DIGITS, MOST_PHONE_DIGITS = 7, 13
MOST_FOLLOWERS = 10**11

_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_SPACE = re.compile(r"[\s\u00a0\u3000]+")
_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_NOTHING = {
    *("", "无", "暂无", "没有", "未开设", "未开通", "无账号", "/", "//", "\\", "-", "--", "—", "——", "×", "x", "X"),
    *("None", "NULL", "null", "#N/A", "N/A"),
}
_DAY = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:(?:月|[-/.])(\d{1,2})日?|月)?(?:[T ].*)?")
_COUNT = re.compile(r"约?(\d[\d,]*\.?\d*)(万|w|千|k|亿)?(?:多|余|\+)?(?:人|个|名|位)?")
_FACTORS = {"": 1, "千": 1_000, "k": 1_000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
_ADDRESS = re.compile(
    r"(?:https?://)?[a-z0-9][a-z0-9.-]*\.[a-z]{2,}(?::\d+)?(?:[/?#][^\s，。；、）)]*)?", re.IGNORECASE
)
_YES, _NO = {"是", "主账号", "主", "√", "✓", "有", "y", "yes", "1"}, {"否", "非主账号", "n", "no", "0", "子账号"}


class Unreadable(ValueError):  # noqa: N818 - reads as what the cell is
    """A cell cannot be read; the message is a Chinese sentence that says what to write instead."""


@dataclass(frozen=True, slots=True)
class Day:
    """A date, and whether the cell named month and day or only the year (or month)."""

    day: date
    whole: bool = True


def text_of(value: object) -> str:
    """Return a cell as text: one width for letters and digits, no invisible characters, runs of space as one.

    Chinese punctuation stays as written. A float that is a whole number loses its ".0".
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 10 * LONG_NUMBER:
        value = int(value)
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        value = value.date()
    text = _INVISIBLE.sub("", str(value)).translate(_WIDE)
    return _SPACE.sub(" ", text).strip()


def is_blank(value: object) -> bool:
    """Tell whether a cell says nothing: empty, or one of the ways to write "none" (无、—、/)."""
    return text_of(value) in _NOTHING


def plain(value: object) -> str:
    """Return a cell fully folded (NFKC) and without any space, for ids, numbers and dates."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text_of(value)))


def read_day(value: object) -> Day:
    """Read 2019-03-13, 2019/3/13, 2019.3, 2019年3月13日, 20190313, an Excel date or its serial number, 2019年.

    Raises Unreadable.
    """
    if isinstance(value, datetime):
        return _checked(value.date())
    if isinstance(value, date):
        return _checked(value)
    text = unicodedata.normalize("NFKC", text_of(value)).replace("。", ".")
    text = re.sub(r"\s*([年月日./-])\s*", r"\1", text).strip(".")
    if re.fullmatch(r"\d+(\.0+)?", text) and (found := _bare_number(text.partition(".")[0])):
        return found
    if match := re.fullmatch(r"(\d{4})年?", text):
        return _day(match[1], None, None)
    if match := _DAY.fullmatch(text):
        return _day(match[1], match[2], match[3])
    raise Unreadable(f"“{shorten(text)}”看不懂是哪一天。请写成 2019-03-13 这样")


def _bare_number(digits: str) -> Day | None:
    if len(digits) == len("20190313"):
        return _day(digits[:4], digits[4:6], digits[6:])
    if len(digits) == len("201903"):
        return _day(digits[:4], digits[4:], None)
    if len(digits) == len("43537") and int(digits) in SERIALS:
        return _checked(EXCEL_EPOCH + timedelta(days=int(digits)))
    return None


def _day(year: str, month: str | None, day: str | None) -> Day:
    try:
        return _checked(date(int(year), int(month or 1), int(day or 1)), whole=day is not None)
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"没有 {year} 年 {month or 1} 月 {day or 1} 日这一天。请核对日期") from error


def _checked(day: date, *, whole: bool = True) -> Day:
    if not OLDEST_YEAR <= day.year <= NEWEST_YEAR:
        raise Unreadable(f"年份 {day.year} 不在 {OLDEST_YEAR}—{NEWEST_YEAR} 之间。请核对日期")
    return Day(day, whole)


def read_count(value: object, *, factor: int = 1) -> int:
    """Read a number of followers: 12345, 12,345, 1.2万, 3.4w, 约2万, 1万+. `factor` is 10000 under a header （万）.

    Raises Unreadable.
    """
    text = plain(value).lower().replace("，", ",")
    match = _COUNT.fullmatch(text)
    if match is None:
        raise Unreadable(f"“{shorten(text)}”不是人数。请写成 12345 或 1.2万")
    number = float(match[1].replace(",", "")) * _FACTORS[match[2] or ""]
    count = round(number * (factor if not match[2] else 1))
    if count > MOST_FOLLOWERS:
        raise Unreadable(f"“{shorten(text)}”大得不像人数。请核对单位")
    return count


def read_phone(value: object) -> str:
    """Read one or several telephone numbers; a number that a spreadsheet turned into a float comes back whole.

    Raises Unreadable.
    """
    text = unicodedata.normalize("NFKC", text_of(value))
    parts = [part for part in re.split(r"[\s,、;/|]+|(?<=\d)或", text) if part]
    numbers = [number for part in parts if (number := re.sub(r"[^\d+-]", "", re.split("转|ext", part)[0]))]
    if not numbers or any(not _is_phone(number) for number in _joined(numbers)):
        raise Unreadable(f"“{shorten(text)}”不是电话号码。请填区号加号码，或 11 位手机号")
    return " ".join(parts)[:40]


def _joined(numbers: list[str]) -> list[str]:
    """Join an area code with the number after it when a space stands between them."""
    if len(numbers) > 1 and re.fullmatch(r"0\d{2,3}-?", numbers[0]):
        return [numbers[0] + numbers[1], *numbers[2:]]
    return numbers


def _is_phone(number: str) -> bool:
    return FEWEST_PHONE_DIGITS <= sum(map(str.isdigit, number)) <= MOST_PHONE_DIGITS


def read_address(value: object) -> str:
    """Read the web address in a cell; a missing scheme is added. Raises Unreadable."""
    text = unicodedata.normalize("NFKC", re.sub("[，。；、）]", " ", text_of(value)))
    match = _ADDRESS.search(text)
    address = match[0].rstrip(".,;") if match else ""
    if address and not address.lower().startswith(("http://", "https://")):
        address = f"https://{address}"
    try:
        good = bool(address) and "." in (urlsplit(address).hostname or "")
    except ValueError:
        good = False
    if not good:
        raise Unreadable(f"“{shorten(text)}”不是网址。请从浏览器地址栏复制完整链接")
    if len(address) > 500:  # noqa: PLR2004 - the column of the register
        raise Unreadable("网址超过 500 个字符。请换成账号主页的短地址")
    return address


def read_id(value: object) -> str:
    """Read a platform id or handle. Raises Unreadable for a long number that the spreadsheet has rounded."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= LONG_NUMBER:
        raise Unreadable("长数字已被表格软件改成近似值。请把这一列设为“文本”格式后重新填写")
    text = plain(value)
    if re.fullmatch(r"\d\.\d+e\+?\d+", text, re.IGNORECASE):
        raise Unreadable("长数字已被表格软件改成科学计数。请把这一列设为“文本”格式后重新填写")
    return re.sub(r"^(?:id|uid|微信号|账号)[:：]", "", text, flags=re.IGNORECASE).lstrip("@")


def read_yes(value: object) -> bool:
    """Read 是/否, √, 主账号. Raises Unreadable."""
    text = plain(value).lower()
    if text in _YES:
        return True
    if text in _NO or is_blank(value):
        return False
    raise Unreadable(f"“{shorten(text)}”看不懂。请填“是”或“否”")


def shorten(text: str, *, most: int = 30) -> str:
    """Cut a quoted cell so that a sentence stays readable."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
