from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "zhijian.resources"
    label = "resources"
    verbose_name = "保障与资质"

    def ready(self) -> None:
        from zhijian.resources import rules  # noqa: F401, PLC0415 - registration needs the loaded apps
