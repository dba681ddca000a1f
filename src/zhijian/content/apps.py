from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "zhijian.content"
    label = "content"
