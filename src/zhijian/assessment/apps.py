from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "zhijian.assessment"
    label = "assessment"
    verbose_name = "考核"

    def ready(self) -> None:
        from zhijian.assessment import receivers, rules  # noqa: F401, PLC0415 - registration needs the loaded apps
        from zhijian.assessment.queries import BULLETIN_KIND, BulletinSubject  # noqa: PLC0415 - as above
        from zhijian.review.subjects import register  # noqa: PLC0415 - as above

        register(BULLETIN_KIND, BulletinSubject())
