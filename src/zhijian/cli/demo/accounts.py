"""About 180 accounts on eight platforms, brought in as an office would: by a ledger, with its preview and findings."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from openpyxl import Workbook

from zhijian.cli.demo.data import table
from zhijian.lib import clock
from zhijian.lib.digests import sha256_hex
from zhijian.registry import actions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhijian.cli.demo.bodies import Bodies
    from zhijian.cli.demo.people import People

HEADER: Final = (
    "主办单位", "平台", "账号名称", "平台账号标识", "账号", "链接", "认证主体", "认证有效期", "功能定位", "主账号",
    "开设日期", "分管负责人", "联系人", "联系电话", "关注数", "更新频率", "状态", "代运营单位", "备注",
)  # fmt: skip
PLATFORMS: Final = {
    "w": "微信公众号", "b": "微博", "d": "抖音", "v": "微信视频号", "t": "今日头条", "k": "快手", "x": "小红书",
    "s": "网站",
}  # fmt: skip
POSITIONING: Final = {
    "w": "发布本单位政务信息，提供办事指引和咨询入口。", "b": "发布动态信息，及时回应关切。",
    "d": "用短视频讲政策、讲服务。", "v": "发布短视频和直播回放。", "t": "转载本单位权威信息。",
    "k": "面向乡村居民的短视频。", "x": "图文形式的生活服务信息。", "s": "信息公开和网上办事。",
}  # fmt: skip
LEADERS: Final = ("顾景明", "沈如松", "贺兰舟", "陶远山", "严明达", "蒋为民", "邹清源", "童正")
CONTACTS: Final = ("小许", "小曾", "小彭", "小傅", "小卞", "小凌", "小茅", "小俞")
_LEADER_SPREAD: Final = 3


def import_accounts(bodies: Bodies, people: People) -> None:
    """Import the city's ledger and the county's."""
    for actor, body, name, level in (
        ("shizhuguan", "city", "汀岚市本级政务新媒体台账.xlsx", "city"),
        ("zhuguan", "county", "墨溪县政务新媒体台账.xlsx", "county"),
    ):
        rows = [row for key, row in _rows(bodies) if (bodies[key].level == "city") == (level == "city")]
        actions.import_ledger_file(
            actor=people[actor], organisation=bodies[body], file_name=name, content=_workbook(rows)
        )


def upload_waiting_ledger(bodies: Bodies, people: People) -> None:
    """Upload a quarter's changes and leave the preview to be confirmed; two of its rows have faults to look at."""
    rows = [row for key, row in _rows(bodies) if key in {"taixi", "huaidu", "yunwei", "qingyan"}]
    changed = [[*row[:14], int(str(row[14])) + 37, *row[15:]] for row in rows]
    new = _row(bodies, "shiqing", "d", serial=900)
    faulty = ["石溪镇人民政府", *_row(bodies, "tongao", "k", serial=901)[1:]]
    odd_date = _row(bodies, "songlai", "d", serial=902)
    odd_date[10] = "去年春天"
    ledger = actions.upload_ledger(
        actor=people["zhuban"], organisation=bodies["county"], file_name="乡镇账号季度更新.xlsx",
        content=_workbook([*changed, new, faulty, odd_date]),
    )  # fmt: skip
    actions.choose_columns(actor=people["zhuban"], ledger_id=ledger.pk, layouts=actions.layouts_of(ledger))


def _rows(bodies: Bodies) -> Iterator[tuple[str, list[object]]]:
    serial = 0
    for body in table("bodies")["body"]:
        for letter in body.get("on", ""):
            serial += 1
            yield body["key"], _row(bodies, body["key"], letter, serial=serial)
    for extra in table("bodies")["account"]:
        serial += 1
        letter = next(code for code, name in PLATFORMS.items() if name == extra["platform"])
        row = _row(bodies, extra["body"], letter, serial=serial)
        row[2], row[9], row[14], row[16], row[18] = (
            extra["name"],
            "否",
            extra["followers"],
            extra["state"],
            extra["remark"],
        )
        row[6], row[17] = extra.get("subject", row[6]), extra.get("vendor", "")
        yield extra["body"], row


def _row(bodies: Bodies, key: str, letter: str, *, serial: int) -> list[object]:
    """Return one line of the ledger; everything in it follows from the body, the platform and the serial number."""
    body = bodies[key]
    brand = next(row["brand"] for row in table("bodies")["body"] if row["key"] == key)
    uid, handle, url = _identity(letter, serial, body.code)
    chance = int(sha256_hex(f"{key} {letter}".encode())[:6], 16)
    opened = clock.today() - timedelta(days=400 + chance % 2200)
    lapses = clock.today() + timedelta(days=chance % 360 - 10)
    has_no_uid = chance % 29 == 0 and letter != "s"
    return [
        body.name, PLATFORMS[letter], brand, "" if has_no_uid else uid, handle, url, body.name, lapses.isoformat(),
        POSITIONING[letter], "是" if letter == "w" else "否", opened.isoformat(),
        LEADERS[len(key) * _LEADER_SPREAD % len(LEADERS)], CONTACTS[serial % len(CONTACTS)],
        f"0900-55{serial:05d}", 300 + chance % (90_000 if key in {"office", "media", "police"} else 9_000),
        ("每个工作日", "每周三次", "每周一次")[chance % 3], "在用", "", "",
    ]  # fmt: skip


def _identity(letter: str, serial: int, code: str) -> tuple[str, str, str]:
    """Return id, handle and address of the form the platform gives out, from ranges it has not reached."""
    mark = sha256_hex(f"{code} {letter} {serial}".encode())
    number = f"99992{serial:07d}"
    return {
        "w": (f"gh_{mark[:12]}", f"moxi_demo_{serial:03d}", ""),
        "b": (number, "", f"https://weibo.com/u/{number}"),
        "d": (f"moxi.demo.{serial:04d}", "", ""),
        "v": (f"sph99992{serial:06d}", "", ""),
        "t": (f"{number}99", "", ""),
        "k": (f"moxi_demo_k{serial:03d}", "", ""),
        "x": (f"moxi_demo_x{serial:03d}", "", ""),
        "s": (f"99992{serial:05d}", "", f"https://www.{'tinglan' if code.startswith('999900') else 'moxi'}.example/"),
    }[letter]


def _workbook(rows: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("A new workbook has a sheet.")
    sheet.title = "账号"
    for row in (HEADER, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
