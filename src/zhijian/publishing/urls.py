from django.urls import path

app_name = "publishing"

urlpatterns = [path("", lambda r: None, name="list")]
