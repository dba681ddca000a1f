from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "zhijian.registry"
    label = "registry"
    verbose_name = "账号登记"

    def ready(self) -> None:
        from zhijian.registry import receivers, rules  # noqa: F401, PLC0415 - registration needs the loaded apps
