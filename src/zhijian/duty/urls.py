from django.urls import path

from zhijian.duty.views import alarms, handing, roster, swapping

app_name = "duty"

urlpatterns = [
    path("", roster.month, name="month"),
    path("shifts/", roster.shift_list, name="shifts"),
    path("<int:organisation_id>/generate/", roster.generate, name="generate"),
    path("<int:organisation_id>/new/", roster.new_shift, name="new_shift"),
    path("shifts/<int:shift_id>/", roster.show_shift, name="shift"),
    path("shifts/<int:shift_id>/people/", roster.change_people, name="change"),
    path("shifts/<int:shift_id>/cancel/", roster.cancel, name="cancel"),
    path("shifts/<int:shift_id>/swap/", swapping.ask, name="ask_swap"),
    path("shifts/<int:shift_id>/hand-over/", handing.hand_over, name="hand_over"),
    path("swaps/<int:swap_id>/", swapping.show, name="swap"),
    path("swaps/<int:swap_id>/decide/", swapping.decide, name="decide_swap"),
    path("alarms/", alarms.alarm_list, name="alarms"),
    path("alarms/<int:alarm_id>/", alarms.show, name="alarm"),
    path("alarms/<int:alarm_id>/acknowledge/", alarms.acknowledge, name="acknowledge"),
    path("alarms/<int:alarm_id>/close/", alarms.close, name="close_alarm"),
    path("handovers/", handing.handover_list, name="handovers"),
    path("handovers/<int:handover_id>/", handing.show, name="handover"),
    path("handovers/<int:handover_id>/take/", handing.take, name="take_over"),
    path("log/", handing.log_list, name="log"),
    path("<int:organisation_id>/log/", handing.write_log, name="write_log"),
]
