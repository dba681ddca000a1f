from django.urls import path

from zhijian.knowledge.views import shipped

app_name = "rules"

urlpatterns = [
    path("", shipped.rule_list, name="list"),
    path("<str:rule_id>/", shipped.rule_page, name="rule"),
]
