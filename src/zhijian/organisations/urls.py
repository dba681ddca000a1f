from django.urls import path

from zhijian.organisations import views

app_name = "organisations"

urlpatterns = [
    path("", views.bodies, name="list"),
    path("new/", views.new_body, name="new"),
    path("<int:organisation_id>/", views.body_page, name="body"),
    path("<int:organisation_id>/edit/", views.edit_body, name="edit"),
    path("<int:organisation_id>/end/", views.end_body, name="end"),
    path("<int:organisation_id>/rules/", views.rules_page, name="rules"),
    path("people/", views.people, name="people"),
    path("people/new/", views.new_person, name="new_person"),
    path("people/<int:user_id>/", views.person_page, name="person"),
    path("people/<int:user_id>/move/", views.move_person, name="move"),
    path("people/<int:user_id>/vendor/", views.mark_of_vendor, name="mark_of_vendor"),
    path("people/<int:user_id>/password/", views.reset_password, name="reset_password"),
    path("people/<int:user_id>/second-factor/", views.reset_second_factor, name="reset_second_factor"),
    path("people/<int:user_id>/deactivate/", views.deactivate_person, name="deactivate"),
    path("roles/<int:assignment_id>/revoke/", views.revoke_role, name="revoke"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke_token"),
]
