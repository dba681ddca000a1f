"""What `publishing` tells the rooms above, by ids."""

from django.dispatch import Signal

delivery_in_trouble = Signal()
"""Sent with `delivery_id` when a result is unknown, or a platform refused, in the transaction that wrote it down."""

delivery_published = Signal()
"""Sent with `delivery_id` once readers can see it."""
