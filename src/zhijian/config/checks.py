"""What a production start refuses: each check says in one sentence what to put right."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.db import DatabaseError

from zhijian.policy.queries import BadData, load_packs

SHORTEST_KEY = 40


@register(deploy=False)
def refuse_unsafe_production(**_: Any) -> list[Error]:
    """Refuse DEBUG, a weak key, open hosts, a movable clock, plain http and an unknown gateway in production mode."""
    if not settings.IS_PRODUCTION:
        return []
    faults = {
        "zhijian.E001": (settings.DEBUG, "正式运行不能打开 ZHIJIAN_DEBUG，请去掉这个环境变量。"),
        "zhijian.E002": (
            len(settings.SECRET_KEY) < SHORTEST_KEY,
            "ZHIJIAN_SECRET_KEY 太短：请换成至少 40 个随机字符，或去掉它，由系统在数据目录里生成。",
        ),
        "zhijian.E003": (
            not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS,
            "请用 ZHIJIAN_ALLOWED_HOSTS 写明对外的主机名，不能为空，也不能是 *。",
        ),
        "zhijian.E004": ("ZHIJIAN_CLOCK_FILE" in os.environ, "正式运行不能拨动时钟，请去掉 ZHIJIAN_CLOCK_FILE。"),
        "zhijian.E005": (
            not settings.ZHIJIAN_BASE_URL.startswith("https://"),
            "ZHIJIAN_BASE_URL 必须是 https:// 开头的对外地址。",
        ),
        "zhijian.E007": (
            settings.IS_HTTPS and not settings.ZHIJIAN_TRUSTED_PROXIES,
            "请用 ZHIJIAN_TRUSTED_PROXIES 写明 https 网关的地址，例如 127.0.0.1；不写，就分不清来访的是谁。",
        ),
        "zhijian.E008": (
            settings.IS_HTTPS
            and not (settings.SECURE_HSTS_SECONDS and settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE),
            "对外地址是 https，就要让浏览器只走 https：请去掉 ZHIJIAN_HSTS_SECONDS，或写成大于 0 的秒数。",
        ),
    }
    return [Error(sentence, id=code) for code, (broken, sentence) in faults.items() if broken]


@register(deploy=False)
def refuse_unreadable_packs(**_: Any) -> list[Error]:
    """Refuse packs and platforms of the operator that cannot be read, with file, place and remedy."""
    try:
        load_packs()
    except BadData as error:
        return [Error(f"规则包或平台表读不了：{error}", id="zhijian.E009")]
    return []


@register("database")
def refuse_demonstration_people(**_: Any) -> list[Error]:
    """Refuse demonstration sign-ins, whose passwords are printed on the screen, in production mode."""
    from zhijian.organisations.models import User  # noqa: PLC0415 - models exist only once all apps are loaded

    if not settings.IS_PRODUCTION:
        return []
    try:
        found = User.objects.filter(is_demonstration=True, is_active=True).exists()
    except DatabaseError:
        return []
    sentence = "库里还有演示登录账号，正式运行前请先执行 zhijian demo remove。"
    return [Error(sentence, id="zhijian.E006")] if found else []
