from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "zhijian.publishing"
    label = "publishing"
    verbose_name = "发布"

    def ready(self) -> None:
        from zhijian.content.queries import register_extra  # noqa: PLC0415 - registration needs the loaded apps
        from zhijian.publishing import receivers, rules  # noqa: F401, PLC0415 - as above
        from zhijian.publishing.queries import article_extras  # noqa: PLC0415 - as above

        register_extra(article_extras)
