from django.apps import AppConfig


class ReformConfig(AppConfig):
    name = "zhijian.reform"
    label = "reform"
    verbose_name = "机构改革"

    def ready(self) -> None:
        from zhijian.reform import receivers, rules  # noqa: F401, PLC0415 - registration needs the loaded apps
