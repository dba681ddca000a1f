"""Every act on a delivery, and the work of the system on it."""

from zhijian.publishing.actions.handing import confirm_hand_off, note_download, why_not_confirm, why_not_download
from zhijian.publishing.actions.hearing import follow_event, follow_lost_approval
from zhijian.publishing.actions.observing import hand_to_observation
from zhijian.publishing.actions.planning import (
    MOST_PIECES,
    PlanCheck,
    cancel_delivery,
    check_plan,
    plan_deliveries,
    plan_delivery,
    pushes_of,
    why_not_cancel,
)
from zhijian.publishing.actions.resolving import (
    read_back_now,
    report_sighting,
    retry_delivery,
    take_down,
    why_not_read_back,
    why_not_report,
    why_not_retry,
    why_not_take_down,
)
from zhijian.publishing.actions.running import hurry_next, run_delivery, run_due
from zhijian.publishing.actions.strays import clean_stray, request_scan, scan_all_strays, scan_strays, why_not_clean

__all__ = [
    "MOST_PIECES",
    "PlanCheck",
    "cancel_delivery",
    "check_plan",
    "clean_stray",
    "confirm_hand_off",
    "follow_event",
    "follow_lost_approval",
    "hand_to_observation",
    "hurry_next",
    "note_download",
    "plan_deliveries",
    "plan_delivery",
    "pushes_of",
    "read_back_now",
    "report_sighting",
    "request_scan",
    "retry_delivery",
    "run_delivery",
    "run_due",
    "scan_all_strays",
    "scan_strays",
    "take_down",
    "why_not_cancel",
    "why_not_clean",
    "why_not_confirm",
    "why_not_download",
    "why_not_read_back",
    "why_not_report",
    "why_not_retry",
    "why_not_take_down",
]
