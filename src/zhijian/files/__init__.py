"""Uploads, re-encoded and kept by their hash; who may see a file follows from the body that holds it."""
