from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "zhijian.publishing"
    label = "publishing"
