from django.apps import AppConfig


class ProofConfig(AppConfig):
    name = "zhijian.proof"
    label = "proof"
    verbose_name = "官方身份证明"

    def ready(self) -> None:
        from zhijian.proof import rules  # noqa: F401, PLC0415 - registration needs the loaded apps
