from django.apps import AppConfig


class CensusConfig(AppConfig):
    name = "zhijian.census"
    label = "census"
    verbose_name = "排查统计"

    def ready(self) -> None:
        from zhijian.census import receivers, rules  # noqa: F401, PLC0415 - registration needs the loaded apps
        from zhijian.census.queries import SHEET_KIND, SheetSubject  # noqa: PLC0415 - as above
        from zhijian.review.subjects import register  # noqa: PLC0415 - as above

        register(SHEET_KIND, SheetSubject())
