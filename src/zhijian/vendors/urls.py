from django.urls import path

from zhijian.vendors import views

app_name = "vendors"

urlpatterns = [
    path("", views.contract_list, name="list"),
    path("accounts/", views.uncovered_list, name="uncovered"),
    path("new/", views.new, name="new"),
    path("companies/<int:vendor_id>/", views.vendor_page, name="vendor"),
    path("<int:contract_id>/", views.contract_page, name="contract"),
    path("<int:contract_id>/edit/", views.edit, name="edit"),
    path("<int:contract_id>/accounts/", views.choose_accounts, name="accounts"),
    path("<int:contract_id>/papers/", views.add_papers, name="papers"),
    path("<int:contract_id>/people/", views.name_person, name="name_person"),
    path("<int:contract_id>/people/<int:named_id>/leave/", views.leave, name="leave"),
    path("<int:contract_id>/domains/", views.link_domain, name="link_domain"),
    path("<int:contract_id>/domains/<int:domain_id>/take-off/", views.take_off, name="take_off"),
    path("<int:contract_id>/end/", views.end, name="end"),
]
