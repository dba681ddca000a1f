"""What `channels` tells the rooms above, by ids."""

from django.dispatch import Signal

platform_event_received = Signal()
"""Sent with `connection_id`, `event` (connectors.contract.InboundEvent) for every callback that passed its checks."""
