from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "zhijian.workbench"
    label = "workbench"
    verbose_name = "工作台"

    def ready(self) -> None:
        from zhijian.workbench import receivers  # noqa: F401, PLC0415 - registration needs the loaded apps
