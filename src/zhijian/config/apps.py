from django.apps import AppConfig


class SettingsConfig(AppConfig):
    name = "zhijian.config"
    label = "config"
    verbose_name = "配置"

    def ready(self) -> None:
        from zhijian.config import checks  # noqa: F401, PLC0415 - registration needs the loaded apps
