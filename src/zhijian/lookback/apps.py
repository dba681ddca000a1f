from django.apps import AppConfig


class LookbackConfig(AppConfig):
    name = "zhijian.lookback"
    label = "lookback"
    verbose_name = "存量回查"

    def ready(self) -> None:
        from zhijian.knowledge.queries import register_archive  # noqa: PLC0415 - registration needs the loaded apps
        from zhijian.lookback import receivers, rules  # noqa: F401, PLC0415 - as above
        from zhijian.lookback.queries.trials import recent_posts  # noqa: PLC0415 - as above

        register_archive(recent_posts)
