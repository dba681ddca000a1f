"""What `content` tells the rooms above, by ids, inside the transaction of the act."""

from django.dispatch import Signal

revision_approved = Signal()
"""Sent with `article_id`, `revision_id`, `content_hash`."""

approval_lost = Signal()
"""Sent with `article_id`, `content_hash` when an edit voids the approval of a version not yet sent."""
