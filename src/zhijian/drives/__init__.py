"""Merge-and-close drives (清理整合): computed proposals, targets that bodies answer, counted progress."""
