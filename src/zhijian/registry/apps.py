from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "zhijian.registry"
    label = "registry"
