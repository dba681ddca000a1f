from django.apps import AppConfig


class DrivesConfig(AppConfig):
    name = "zhijian.drives"
    label = "drives"
    verbose_name = "清理整合"

    def ready(self) -> None:
        from zhijian.drives import receivers, rules  # noqa: F401, PLC0415 - registration needs the loaded apps
