from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "zhijian.review"
    label = "review"
