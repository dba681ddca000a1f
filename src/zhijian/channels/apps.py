from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "zhijian.channels"
    label = "channels"
    verbose_name = "平台接入"

    def ready(self) -> None:
        from zhijian.channels import receivers, rules  # noqa: F401, PLC0415 - registration needs the loaded apps
