"""The addresses of signing in and out; allauth's pages for opening accounts oneself are left out."""

from allauth.account import views as account_views
from django.urls import include, path

urlpatterns = [
    path("", account_views.login, name="account_login"),
    path("out/", account_views.logout, name="account_logout"),
    path("password/", account_views.password_change, name="account_change_password"),
    path("again/", account_views.reauthenticate, name="account_reauthenticate"),
    path("inactive/", account_views.account_inactive, name="account_inactive"),
    path("two-factor/", include("allauth.mfa.urls")),
]
