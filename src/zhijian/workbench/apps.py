from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "zhijian.workbench"
    label = "workbench"
    verbose_name = "工作台"

    def ready(self) -> None:
        from zhijian.duty.queries import register_matters  # noqa: PLC0415 - registration needs the loaded apps
        from zhijian.workbench import receivers, rules  # noqa: F401, PLC0415 - as above
        from zhijian.workbench.queries import matters_at  # noqa: PLC0415 - as above

        register_matters(matters_at)
