from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "zhijian.files"
    label = "files"
    verbose_name = "文件"

    def ready(self) -> None:
        from zhijian.files import rules  # noqa: F401, PLC0415 - registration needs the loaded apps
