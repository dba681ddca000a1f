from django.apps import AppConfig


class ImpostorsConfig(AppConfig):
    name = "zhijian.impostors"
    label = "impostors"
    verbose_name = "仿冒账号"

    def ready(self) -> None:
        from zhijian.impostors import rules  # noqa: F401, PLC0415 - registration needs the loaded apps
