from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "zhijian.content"
    label = "content"
    verbose_name = "稿件"
