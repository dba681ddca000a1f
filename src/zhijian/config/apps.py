from django.apps import AppConfig
from django.conf import settings


class SettingsConfig(AppConfig):
    name = "zhijian.config"
    label = "config"
    verbose_name = "配置"

    def ready(self) -> None:
        from zhijian.config import checks  # noqa: F401, PLC0415 - registration needs the loaded apps
        from zhijian.policy.queries import use_folder  # noqa: PLC0415 - as above

        use_folder(settings.ZHIJIAN_PACKS)
