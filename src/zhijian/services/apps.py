from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "zhijian.services"
    label = "services"
    verbose_name = "办事服务"
