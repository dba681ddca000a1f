from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "zhijian.review"
    label = "review"
    verbose_name = "审核"

    def ready(self) -> None:
        from zhijian.review import rules  # noqa: F401, PLC0415 - registration needs the loaded apps
