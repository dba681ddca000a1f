"""Telling people, reading, choosing, keeping the ways out, and sending."""

from zhijian.notify.actions.channels import (
    ChannelDraft,
    change_channel,
    create_channel,
    pause_channel,
    resume_channel,
    test_channel,
    why_not_manage,
)
from zhijian.notify.actions.digests import collect_digests
from zhijian.notify.actions.reading import choose_preferences, mark_all_read, mark_read, settle
from zhijian.notify.actions.sending import give_up_silent, run_dispatch
from zhijian.notify.actions.telling import Telling, hurry, notify, notify_many

__all__ = [
    "ChannelDraft",
    "Telling",
    "change_channel",
    "choose_preferences",
    "collect_digests",
    "create_channel",
    "give_up_silent",
    "hurry",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_many",
    "pause_channel",
    "resume_channel",
    "run_dispatch",
    "settle",
    "test_channel",
    "why_not_manage",
]
