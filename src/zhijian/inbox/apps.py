from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "zhijian.inbox"
    label = "inbox"
    verbose_name = "留言"

    def ready(self) -> None:
        from zhijian.inbox import receivers, rules  # noqa: F401, PLC0415 - registration needs the loaded apps
        from zhijian.inbox.queries import ANSWER_KIND, PUBLICATION_KIND  # noqa: PLC0415 - as above
        from zhijian.inbox.queries.subjects import AnswerSubject, PublicationSubject  # noqa: PLC0415 - as above
        from zhijian.review.subjects import register  # noqa: PLC0415 - as above

        register(ANSWER_KIND, AnswerSubject())
        register(PUBLICATION_KIND, PublicationSubject())
