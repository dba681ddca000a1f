from django.apps import AppConfig


class ProofConfig(AppConfig):
    name = "zhijian.proof"
    label = "proof"
    verbose_name = "官方身份证明"
