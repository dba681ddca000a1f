from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "zhijian.channels"
    label = "channels"
