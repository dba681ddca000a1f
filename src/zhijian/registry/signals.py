"""What `registry` tells the rooms above, by ids."""

from django.dispatch import Signal

account_opened = Signal()
"""Sent with `account_id` when an opening was approved and the account took its place."""
