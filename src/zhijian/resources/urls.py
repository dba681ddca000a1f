from django.urls import path

from zhijian.resources.views import bodies, liaison, papers

app_name = "resources"

urlpatterns = [
    path("", bodies.overview, name="list"),
    path("branches/", bodies.branch_page, name="branches"),
    path("licences/", papers.licence_list, name="licences"),
    path("rules/", papers.rule_list, name="rules"),
    path("liaison/", liaison.matter_list, name="liaison"),
    path("liaison/contacts/", liaison.contact_list, name="contacts"),
    path("bodies/<int:organisation_id>/", bodies.body_page, name="body"),
    path("bodies/<int:organisation_id>/means/<int:year>/", bodies.state_means, name="means"),
    path("bodies/<int:organisation_id>/licences/", papers.new_licence, name="new_licence"),
    path("bodies/<int:organisation_id>/rules/", papers.new_rule, name="new_rule"),
    path("bodies/<int:organisation_id>/liaison/", liaison.new, name="new_talk"),
    path("licences/<int:licence_id>/", papers.licence_page, name="licence"),
    path("licences/<int:licence_id>/correct/", papers.correct_licence, name="correct_licence"),
    path("licences/<int:licence_id>/renew/", papers.renew_licence, name="renew_licence"),
    path("licences/<int:licence_id>/give-up/", papers.give_up_licence, name="give_up_licence"),
    path("rules/<int:rule_id>/", papers.rule_page, name="rule"),
    path("rules/<int:rule_id>/correct/", papers.correct_rule, name="correct_rule"),
    path("rules/<int:rule_id>/replace/", papers.replace_rule, name="replace_rule"),
    path("rules/<int:rule_id>/review/", papers.review_rule, name="review_rule"),
    path("rules/<int:rule_id>/abolish/", papers.abolish_rule, name="abolish_rule"),
    path("liaison/<int:entry_id>/", liaison.matter_page, name="matter"),
    path("liaison/<int:entry_id>/next/", liaison.follow_up, name="follow_up"),
    path("liaison/<int:entry_id>/correct/", liaison.correct, name="correct_entry"),
]
