"""What `publishing` tells the rooms above, by ids."""

from django.dispatch import Signal

delivery_published = Signal()
"""Sent with `delivery_id` once readers can see it."""
