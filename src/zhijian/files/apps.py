from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "zhijian.files"
    label = "files"
