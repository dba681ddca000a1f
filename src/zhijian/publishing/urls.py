from django.urls import path

from zhijian.publishing.views import delivery, handing, lists, planning, strays

app_name = "publishing"

urlpatterns = [
    path("", lists.delivery_list, name="list"),
    path("plan/", planning.plan, name="plan"),
    path("strays/", strays.stray_list, name="strays"),
    path("strays/scan/", strays.scan, name="scan"),
    path("strays/<int:stray_id>/clean/", strays.clean, name="clean"),
    path("<int:delivery_id>/", delivery.show, name="delivery"),
    path("<int:delivery_id>/cancel/", delivery.cancel, name="cancel"),
    path("<int:delivery_id>/retry/", delivery.retry, name="retry"),
    path("<int:delivery_id>/look/", delivery.look, name="look"),
    path("<int:delivery_id>/seen/", delivery.report, name="report"),
    path("<int:delivery_id>/down/", delivery.take_down, name="down"),
    path("<int:delivery_id>/hand/", handing.hand, name="hand"),
    path("<int:delivery_id>/package/", handing.package, name="package"),
    path("<int:delivery_id>/pictures/<sha256:sha256>", handing.picture, name="picture"),
]
