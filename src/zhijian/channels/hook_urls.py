from django.urls import path

from zhijian.channels import hooks

app_name = "hooks"

urlpatterns = [path("wechat/<str:callback_code>/", hooks.wechat, name="wechat")]
