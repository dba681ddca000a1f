from django.apps import AppConfig


class VendorsConfig(AppConfig):
    name = "zhijian.vendors"
    label = "vendors"
    verbose_name = "代运营"

    def ready(self) -> None:
        from zhijian.vendors import receivers, rules  # noqa: F401, PLC0415 - registration needs the loaded apps
