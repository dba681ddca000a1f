from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "zhijian.duty"
    label = "duty"
    verbose_name = "值守"

    def ready(self) -> None:
        from zhijian.duty import rules  # noqa: F401, PLC0415 - registration needs the loaded apps
