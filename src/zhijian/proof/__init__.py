"""Proof of officialness, both ways: the public register signed and chained, codes to scan, links that lead back."""
