from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "zhijian.search"
    label = "search"
    verbose_name = "检索"
