from django.apps import AppConfig


class CensusConfig(AppConfig):
    name = "zhijian.census"
    label = "census"
    verbose_name = "排查统计"
