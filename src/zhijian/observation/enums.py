from django.db import models


class Method(models.TextChoices):
    """How an account is seen. `legal.toml` says for each platform which ways are open to a supervising office."""

    OWN_DELIVERY = "own_delivery", "本平台发布"
    READ_BACK = "platform_read_back", "平台接口回读"
    FEED = "feed", "订阅源"
    IMPORT = "import", "历史导入"
    HAND = "hand", "人工查看"


FETCHED = (Method.READ_BACK, Method.FEED)
"""Methods at which the system itself looks, by the clock."""
ADDED_BY_HAND = (Method.READ_BACK, Method.FEED, Method.HAND)
"""Methods a person adds; the others appear with their first row."""


class Health(models.TextChoices):
    NEW = "new", "未看过"
    HEALTHY = "healthy", "正常"
    FAILING = "failing", "看不到"
    STOPPED = "stopped", "已停用"


class Result(models.TextChoices):
    SAW = "saw", "看到了"
    COULD_NOT = "could_not", "没看成"


class LinkResult(models.TextChoices):
    REACHED = "reached", "能打开"
    GONE = "gone", "已失效"
    COULD_NOT_LOOK = "could_not_look", "没看成"


class Landing(models.TextChoices):
    """What the page behind a link turned out to be. `NOT_READ`: no page came, or it was too large to be read."""

    NOT_READ = "", "没有读"
    CLEAN = "clean", "没有发现问题"
    HIJACKED = "hijacked", "疑似被篡改"
    GAMBLING = "gambling", "赌博色情等违法页面"
    PARKED = "parked", "域名过期或待售"

    @property
    def is_bad(self) -> bool:
        """Tell whether no reader should be led there."""
        return self in {Landing.HIJACKED, Landing.GAMBLING, Landing.PARKED}


class HistoryState(models.TextChoices):
    """One uploaded file: columns chosen, read through, confirmed, written; long steps go on where they were cut off."""

    MAPPING = "mapping", "待核对列"
    READING = "reading", "检查中"
    PREVIEW = "preview", "待确认"
    IMPORTING = "importing", "导入中"
    IMPORTED = "imported", "已导入"
    DISCARDED = "discarded", "已放弃"


class Sight(models.TextChoices):
    """How well an account can be seen today, the best of its sources."""

    WHOLE = "whole", "能看全"
    PART = "part", "只看到一部分"
    FAILING = "failing", "来源出故障"
    NONE = "none", "没有来源"
