from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "zhijian.services"
    label = "services"
    verbose_name = "办事服务"

    def ready(self) -> None:
        from zhijian.lib.watched import register_keeper  # noqa: PLC0415 - registration needs the loaded apps
        from zhijian.services import rules  # noqa: F401, PLC0415 - as above
        from zhijian.services.queries import THING_KIND, EntranceKeeper  # noqa: PLC0415 - as above

        register_keeper(THING_KIND, EntranceKeeper())
