"""Sending out: deliveries whose rows are the truth, whatever dies and whenever."""
