from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "zhijian.content"
    label = "content"
    verbose_name = "稿件"

    def ready(self) -> None:
        from zhijian.content import receivers, rules  # noqa: F401, PLC0415 - registration needs the loaded apps
        from zhijian.content.queries.subject import ArticleSubject  # noqa: PLC0415 - as above
        from zhijian.content.queries.trials import recent_texts  # noqa: PLC0415 - as above
        from zhijian.knowledge.queries import register_archive  # noqa: PLC0415 - as above
        from zhijian.review.subjects import register  # noqa: PLC0415 - as above

        register("content.article", ArticleSubject())
        register_archive(recent_texts)
