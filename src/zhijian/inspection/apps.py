from django.apps import AppConfig


class InspectionConfig(AppConfig):
    name = "zhijian.inspection"
    label = "inspection"
    verbose_name = "巡检"

    def ready(self) -> None:
        from zhijian.inspection import rules  # noqa: F401, PLC0415 - registration needs the loaded apps
