"""What `registry` tells the rooms above, by ids."""

from django.dispatch import Signal

account_opened = Signal()
"""Sent with `account_id` when an opening was approved and the account took its place."""

account_moved = Signal()
"""Sent with `account_id` and `organisation_id` when an account went over to another body."""

account_deregistered = Signal()
"""Sent with `account_id` when an account ended: the platform has cancelled it and the filing is approved."""
