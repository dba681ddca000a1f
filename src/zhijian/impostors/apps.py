from django.apps import AppConfig


class ImpostorsConfig(AppConfig):
    name = "zhijian.impostors"
    label = "impostors"
    verbose_name = "仿冒账号"
