from django.urls import path

from zhijian.knowledge.views import answers, importing

app_name = "answers"

urlpatterns = [
    path("", answers.answer_list, name="list"),
    path("new/", answers.new_answer, name="new"),
    path("import/", importing.import_answers, name="import"),
    path("suggest/", answers.suggest, name="suggest"),
    path("conflicts/", answers.conflict_list, name="conflicts"),
    path("conflicts/<int:conflict_id>/", answers.show_conflict, name="conflict"),
    path("<int:question_id>/", answers.show_answer, name="answer"),
    path("<int:question_id>/edit/", answers.edit_answer, name="edit"),
    path("<int:question_id>/submit/", answers.submit_answer, name="submit"),
    path("<int:question_id>/confirm/", answers.confirm_answer, name="confirm"),
    path("<int:question_id>/withdraw/", answers.withdraw_answer, name="withdraw"),
]
