from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "zhijian.knowledge"
    label = "knowledge"
    verbose_name = "用语表"

    def ready(self) -> None:
        from zhijian.knowledge import rules  # noqa: F401, PLC0415 - registration needs the loaded apps
