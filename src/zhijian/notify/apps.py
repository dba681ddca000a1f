from django.apps import AppConfig


class NotifyConfig(AppConfig):
    name = "zhijian.notify"
    label = "notify"
    verbose_name = "通知"

    def ready(self) -> None:
        from zhijian.notify import rules  # noqa: F401, PLC0415 - registration needs the loaded apps
