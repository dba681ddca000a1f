from django.apps import AppConfig


class ObservationConfig(AppConfig):
    name = "zhijian.observation"
    label = "observation"
    verbose_name = "看见账号"

    def ready(self) -> None:
        from zhijian.observation import rules  # noqa: F401, PLC0415 - registration needs the loaded apps
