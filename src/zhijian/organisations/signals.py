"""What `organisations` asks the rooms above, by ids."""

from django.dispatch import Signal

body_ending = Signal()
"""Sent with `organisation_id` before a body is ended; a receiver returns the reasons against it as sentences."""
