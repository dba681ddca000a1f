"""What `channels` tells the rooms above, by ids."""

from django.dispatch import Signal

platform_event_received = Signal()
"""Sent with `connection_id` and `event` (connectors.contract.InboundEvent) for every callback that passed its checks.

Receivers run inside the transaction that keeps the callback from replay, and only store: it waits 5 s. One that has
something to say to the follower at once returns the text.
"""
