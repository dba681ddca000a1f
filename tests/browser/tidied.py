"""Drives of 青禾县 in every state: one that is written, one that runs, one that is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from zhijian.drives import actions
from zhijian.drives.actions import DriveDraft
from zhijian.drives.models import Drive, Target
from zhijian.lib import clock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.organisations.models import Organisation, User
    from zhijian.registry.models import Account

BASIS = "《青禾县政务新媒体清理整合方案》（青政办函〔2026〕11号）"


def tidy_up(officer: User, host: User, county: Organisation, accounts: Mapping[str, Account]) -> dict[str, Any]:
    """Make the drives and return them by state, with targets: one waits, one is asked for, one is of the draft."""

    def drive(title: str, *names: str) -> Drive:
        draft = DriveDraft(title, BASIS, clock.today() + timedelta(days=40), "先看自己的账号还有没有人维护。")
        row = actions.create_drive(actor=officer, organisation=county, draft=draft)
        ids = [accounts[name].pk for name in names]
        if ids:
            actions.add_targets(actor=officer, drive_id=row.pk, account_ids=ids)
        return row

    made: dict[str, Any] = {"closed": drive("2025年清理整合", "wechat 青禾水务")}
    actions.send_drive(actor=officer, drive_id=made["closed"].pk)
    actions.close_drive(actor=officer, drive_id=made["closed"].pk)
    made["sent"] = drive("2026年清理整合", "douyin 青禾水务", "website 青禾水务网")
    actions.send_drive(actor=officer, drive_id=made["sent"].pk)
    made["draft"] = drive("2026年下半年清理整合", "weibo 青禾水务热线")
    made["empty"] = drive("还没有账号的行动")
    for name, account in (("asked", "douyin 青禾水务"), ("waiting", "website 青禾水务网")):
        made[name] = Target.objects.get(drive=made["sent"], account=accounts[account])
    made["proposed"] = Target.objects.get(drive=made["draft"])
    reason = "停水通知在这里看的人多，有专人拍摄。"
    actions.ask_to_keep(actor=host, target_id=made["asked"].pk, reason=reason, seen=0)
    return made
