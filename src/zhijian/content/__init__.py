"""Pieces from the first import or key stroke to the approved revision."""
