from django.urls import path

from zhijian.drives.views import drives, proposals, targets

app_name = "drives"

urlpatterns = [
    path("", drives.drive_list, name="list"),
    path("new/", drives.new, name="new"),
    path("proposals/", proposals.proposal_list, name="proposals"),
    path("take/", proposals.take, name="take"),
    path("answers/", targets.answer_list, name="answers"),
    path("agree/", targets.agree_many, name="agree_many"),
    path("targets/<int:target_id>/", targets.target_page, name="target"),
    path("targets/<int:target_id>/agree/", targets.agree, name="agree"),
    path("targets/<int:target_id>/ask/", targets.ask, name="ask"),
    path("targets/<int:target_id>/decide/", targets.decide, name="decide"),
    path("<int:drive_id>/", drives.drive_page, name="drive"),
    path("<int:drive_id>/edit/", drives.edit, name="edit"),
    path("<int:drive_id>/targets/", targets.target_list, name="targets"),
    path("<int:drive_id>/add/", drives.add, name="add"),
    path("<int:drive_id>/remove/", targets.remove, name="remove"),
    path("<int:drive_id>/send/", drives.send, name="send"),
    path("<int:drive_id>/extend/", drives.extend, name="extend"),
    path("<int:drive_id>/close/", drives.close, name="close"),
    path("<int:drive_id>/delete/", drives.delete, name="delete"),
    path("<int:drive_id>/report/", drives.report, name="report"),
]
