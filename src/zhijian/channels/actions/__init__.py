"""Every act on a connection, and the ways the system itself uses one."""

from zhijian.channels.actions.callbacks import (
    answer_callback,
    check_address,
    forget_nonces,
    receive_callback,
)
from zhijian.channels.actions.connecting import (
    Credentials,
    change_credentials,
    connect_account,
    follow_account,
    pause_connection,
    resume_connection,
    why_not_connect,
    why_not_manage,
)
from zhijian.channels.actions.opening import open_account
from zhijian.channels.actions.probing import hurry_probe, probe_connection, report_refusal, request_probe, run_probe
from zhijian.channels.actions.quotas import QuotaSpent, refund, reserve
from zhijian.channels.actions.reading import PublishedList, PublishedPiece, read_published

__all__ = [
    "Credentials",
    "PublishedList",
    "PublishedPiece",
    "QuotaSpent",
    "answer_callback",
    "change_credentials",
    "check_address",
    "connect_account",
    "follow_account",
    "forget_nonces",
    "hurry_probe",
    "open_account",
    "pause_connection",
    "probe_connection",
    "read_published",
    "receive_callback",
    "refund",
    "report_refusal",
    "request_probe",
    "reserve",
    "resume_connection",
    "run_probe",
    "why_not_connect",
    "why_not_manage",
]
