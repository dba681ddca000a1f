from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "zhijian.organisations"
    label = "organisations"
    verbose_name = "机构与人员"

    def ready(self) -> None:
        from zhijian.organisations import receivers, rules  # noqa: F401, PLC0415 - registration needs the loaded apps
