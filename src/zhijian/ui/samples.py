"""Made-up contents of the style page: every component in every state, without a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django import forms

from zhijian.lib.clock import now
from zhijian.ui.listing import BulkAct, Choice, Choices, Column, Dates, Empty, Listing
from zhijian.ui.parts import Badge, Happening, Job, Stage, Tab

if TYPE_CHECKING:
    from collections.abc import Iterator

STATES = (("running", "正常运行"), ("stale", "久未更新"), ("closing", "注销中"))
STATE_BADGES = {
    "running": Badge("正常运行", "ok"),
    "stale": Badge("久未更新", "warn"),
    "closing": Badge("注销中", "quiet"),
}
PLATFORMS = (("wechat", "微信公众号"), ("weibo", "微博"), ("video", "短视频"))
REASONS = ("您是这篇稿件的作者，不能审核自己的稿件。", "还有 1 处必须修改的问题没有处理。")


@dataclass(frozen=True)
class SampleAccount:
    """A row of the sample list."""

    pk: int
    name: str
    platform: str
    state: str
    followers: int
    updated_at: datetime


class SampleRows:
    """The few methods of a QuerySet that a list uses, over made-up rows in memory."""

    def __init__(self, rows: list[SampleAccount]) -> None:
        self.rows = rows

    def filter(self, **asked: Any) -> SampleRows:
        """Keep equal values and `__in`; date look-ups keep everything."""
        kept = self.rows
        for name, value in asked.items():
            field, _, how = name.partition("__")
            if how in {"", "in"}:
                wanted = value if how else [value]
                kept = [row for row in kept if getattr(row, field) in wanted]
        return SampleRows(kept)

    def order_by(self, *names: str) -> SampleRows:
        """Order by several names, the last one deciding least."""
        ordered = list(self.rows)
        for name in reversed(names):
            ordered.sort(key=attrgetter(name.lstrip("-")), reverse=name.startswith("-"))
        return SampleRows(ordered)

    def values(self, *_names: str) -> SampleRows:
        """Counting needs no columns."""
        return self

    def count(self) -> int:
        """Count the rows."""
        return len(self.rows)

    def iterator(self, *, chunk_size: int) -> Iterator[SampleAccount]:  # noqa: ARG002 - the shape of QuerySet.iterator
        """Go through the rows."""
        return iter(self.rows)

    def __iter__(self) -> Iterator[SampleAccount]:
        return iter(self.rows)

    def __getitem__(self, part: slice) -> SampleRows:
        return SampleRows(self.rows[part])


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="账号名称", max_length=20, help_text="与平台上显示的一致，不超过 20 个字。")
    platform = forms.ChoiceField(label="平台", choices=[("", "请选择"), *PLATFORMS])
    positioning = forms.CharField(label="功能定位", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    opened_on = forms.DateField(label="开设日期", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    columns = forms.MultipleChoiceField(
        label="常设栏目",
        choices=[("policy", "政策解读"), ("service", "办事指南"), ("news", "本地要闻")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    kind = forms.ChoiceField(
        label="账号类别", choices=[("main", "主账号"), ("other", "其他账号")], widget=forms.RadioSelect
    )
    confirmed = forms.BooleanField(label="我已核对账号主体与本单位一致")
    proof = forms.FileField(label="证明材料", help_text="PDF 或图片，不超过 10 MB。", required=False)


def sample_listing(*, rows: int = 64) -> Listing:
    """Return a list with every feature; `rows` 0 shows the empty state."""
    return Listing(
        name="sample",
        title="样例账号",
        rows=SampleRows([_account(number) for number in range(1, rows + 1)]),  # type: ignore[arg-type]  # stands in for a QuerySet
        columns=(
            Column(key="name", label="账号", sort="name", link=lambda row: f"?q={row.pk}"),
            Column(key="platform", label="平台", value=lambda row: dict(PLATFORMS)[row.platform]),
            Column(key="state", label="状态", value=lambda row: STATE_BADGES[row.state], sort="state"),
            Column(key="followers", label="关注人数", sort="followers", numeric=True),
            Column(key="updated_at", label="最近更新", sort="updated_at"),
            Column(key="pk", label="登记序号", numeric=True, shown=False),
        ),
        sort="-updated_at",
        filters=(
            Choice(key="state", label="状态", choices=STATES, counts=lambda found: {"running": found.count()}),
            Choices(key="platform", label="平台", choices=PLATFORMS),
            Dates(key="updated_at", label="最近更新"),
        ),
        search=lambda found, text: SampleRows([row for row in found if text in row.name]),  # type: ignore[arg-type,return-value]  # as above
        search_hint="账号名称",
        bulk=(
            BulkAct(label="发送更新提醒", url="", icon="bell"),
            BulkAct(label="批量注销", url="", tone="danger", reasons=("批量注销要由主管单位的管理员办理。",)),
        ),
        empty=Empty("还没有登记账号", "可以逐个登记，也可以导入台账表格。", "导入台账", "#"),
        page_size=20,
    )


def sample_context() -> dict[str, Any]:
    """Return what the style page shows beside the list."""
    moment = now()
    wrong = SampleForm({"name": "", "platform": "no", "kind": "main", "opened_on": "昨天"})
    return {
        "form": SampleForm(prefix="fresh"),
        "wrong": wrong,
        "reasons": REASONS,
        "tones": ["ok", "warn", "danger", "info", "busy", "quiet"],
        "moments": [moment - timedelta(minutes=5), moment + timedelta(hours=3), moment - timedelta(days=40)],
        "today": moment.date(),
        "due_soon": moment + timedelta(hours=5),
        "due_later": moment + timedelta(days=5),
        "due_past": moment - timedelta(days=2),
        "steps": [
            "11 月 20 日（星期五）收到。",
            "11 月 23 日起算，第 1 个工作日。",
            "11 月 27 日是第 5 个工作日，到当天下班为止。",
        ],
        "happenings": _happenings(moment),
        "stages": _stages(moment),
        "jobs": _jobs(),
        "tabs": [Tab("正文", "#a", active=True), Tab("检查结果", "#b", count=3), Tab("历次修改", "#c", count=12)],
        "pairs": [
            ("主管单位", "青禾县融媒体中心"),
            ("开设时间", moment),
            ("关注人数", 128_400),
            ("主账号", True),
            ("备注", ""),
        ],
        "segments": [
            ("equal", "办理时间为每周一至周"),
            ("delete", "五"),
            ("insert", "六"),
            ("equal", "上午九时至下午五时。"),
        ],
    }


def sample_navigation() -> list[dict[str, Any]]:
    """Return sections as the workbench gives them."""
    sections = (
        ("工作台", "layout-dashboard", 0),
        ("采编", "writing", 0),
        ("审核", "checklist", 12),
        ("发布", "send", 3),
        ("账号", "id", 0),
        ("答问库", "books", 0),
        ("系统", "settings", 0),
    )
    return [
        {"label": label, "icon": icon, "url": "#", "active": label == "审核", "count": count}
        for label, icon, count in sections
    ]


def _account(number: int) -> SampleAccount:
    return SampleAccount(
        pk=number,
        name=f"青禾发布第 {number} 号",
        platform=PLATFORMS[number % 3][0],
        state=STATES[number % 5 % 3][0],
        followers=number * 1373,
        updated_at=now() - timedelta(hours=number * 7),
    )


def _happenings(moment: datetime) -> list[Happening]:
    return [
        Happening(moment - timedelta(hours=30), "提交审核", who="林晓", where="工作台", tone="info"),
        Happening(
            moment - timedelta(hours=6),
            "退回修改",
            who="周正",
            tone="danger",
            text="第二段的时间与通知原文不一致，请核对。",
        ),
        Happening(moment - timedelta(minutes=40), "再次提交", who="林晓", where="工作台", tone="ok"),
    ]


def _stages(moment: datetime) -> list[Stage]:
    return [
        Stage("初审", "done", who="周正", at=moment - timedelta(hours=4)),
        Stage("复审", "current", who="等待 陈立 签署"),
        Stage("终审", "waiting"),
        Stage("专家核稿", "skipped", note="本类稿件不需要"),
    ]


def _jobs() -> list[Job]:
    return [
        Job("导入账号台账", "running", done=1_200, total=1_860, message="正在核对平台账号", cancel_url="#"),
        Job("夜间复查", "waiting", message="前面还有 2 项任务"),
        Job("导出巡检明细", "failed", message="磁盘空间不足，文件没有写完。请清理后再导出。"),
        Job(
            "导入账号台账",
            "done",
            done=42,
            total=42,
            message="40 行已登记，2 行需要补正",
            rows=(("第 7 行", "warn", "开设日期写成了“去年”，请改成 2025-03-01 这样的日期。"),),
        ),
    ]
