"""The first words of a bulletin, from its figures; a person goes on from there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from zhijian.inspection.queries import indicator
from zhijian.lib.clock import BEIJING

if TYPE_CHECKING:
    from zhijian.organisations.models import Organisation

NUMERALS = ("一", "二", "三", "四")


def quarter_period(year: int, quarter: int) -> tuple[datetime, datetime]:
    """Return the first moment of a quarter and that of the next."""
    first = quarter * 3 - 2
    after = (year + 1, 1) if quarter == len(NUMERALS) else (year, first + 3)
    return datetime(year, first, 1, tzinfo=BEIJING), datetime(*after, 1, tzinfo=BEIJING)


def first_title(organisation: Organisation, year: int, quarter: int) -> str:
    """Return the title a bulletin begins with."""
    return f"{organisation.short_name}关于{year}年第{NUMERALS[quarter - 1]}季度政务新媒体检查情况的通报"


def first_sections(figures: dict[str, Any]) -> list[dict[str, str]]:
    """Return the sections a bulletin begins with; what people must write themselves is empty."""
    total = figures["total"]
    counted, end = (
        datetime.fromisoformat(figures["inputs"][name]).astimezone(BEIJING) for name in ("counted_at", "to")
    )
    until = f"截至{counted.year}年{counted.month}月{counted.day}日，" if counted < end else ""
    unseen = total["could_not_look"]
    return [
        {
            "title": "总体情况",
            "text": f"{until}本季度共有政务新媒体账号 {total['accounts']} 个，看全 {total['looked_at']} 个。"
            f"其中合格 {total['passed']} 个，不合格 {total['failed']} 个。"
            + (f"另有 {unseen} 个没能看全，不作结论。" if unseen else "账号全部看全。"),
        },
        {"title": "主要问题", "text": _problems(figures)},
        {"title": "整改情况", "text": _orders(total)},
        {"title": "好的做法", "text": ""},
        {"title": "下一步要求", "text": ""},
    ]


def _problems(figures: dict[str, Any]) -> str:
    lines = [f"{indicator(code).title}：{count} 个账号。" for code, count in figures["indicators"].items()]
    return "\n".join(lines) or "没有发现单项否决的问题。"


def _orders(total: dict[str, Any]) -> str:
    if not total["orders"]:
        return "没有下达整改通知。"
    parts = [f"下达整改通知 {total['orders']} 份，已销号 {total['closed']} 份，超期 {total['overdue']} 份。"]
    parts += [f"反复出现的问题 {total['repeated']} 个。"] if total["repeated"] else []
    parts += [f"经核实认定误报、已核销 {total['written_off']} 个。"] if total["written_off"] else []
    return "".join(parts)
