from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "zhijian.access"
    label = "access"
    verbose_name = "权限"
