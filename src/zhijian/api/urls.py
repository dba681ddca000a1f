from django.urls import path

from zhijian.api.views import api

urlpatterns = [
    path("", api.urls),
]
