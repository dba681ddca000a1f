"""What the engine tells the rooms above, by ids. Receivers run inside the transaction of the signature."""

from django.dispatch import Signal

stage_reached = Signal()
"""Sent with `review_id` and `stage_id` when the next stage waits for a signature."""

review_approved = Signal()
"""Sent with `thing_kind`, `thing_id`, `version_hash`, `review_id`, `actor_id` when the last stage has signed."""

review_returned = Signal()
"""Sent with `thing_kind`, `thing_id`, `version_hash`, `review_id`, `actor_id`, `comment`, `marked_field`."""

review_withdrawn = Signal()
"""Sent with `thing_kind`, `thing_id`, `version_hash`, `review_id`, `actor_id` when the submitter takes it back."""

review_voided = Signal()
"""Sent with `thing_kind`, `thing_id`, `version_hash`, `review_id` when an edit or a withdrawal ends an approval."""
