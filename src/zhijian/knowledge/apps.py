from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    name = "zhijian.knowledge"
    label = "knowledge"
