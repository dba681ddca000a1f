from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "zhijian.knowledge"
    label = "knowledge"
    verbose_name = "用语和答问"

    def ready(self) -> None:
        from zhijian.knowledge import receivers, rules  # noqa: F401, PLC0415 - registration needs the loaded apps
        from zhijian.knowledge.queries.subject import AnswerSubject  # noqa: PLC0415 - as above
        from zhijian.review.subjects import register  # noqa: PLC0415 - as above

        register("knowledge.answer", AnswerSubject())
