"""What `knowledge` tells the rooms above, by ids."""

from django.dispatch import Signal

term_approved = Signal()
"""Sent with `term_id` and `organisation_id` when a term came into force for a body and all below it."""

term_retired = Signal()
"""Sent with `term_id` and `organisation_id` when a term in force was taken out of use."""

allowance_changed = Signal()
"""Sent with `rule_id` and `organisation_id` when something set aside of a rule came into force or was ended."""
