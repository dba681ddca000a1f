"""Tiny helpers that know no room: the clock, refusals, things to do, fingerprints."""
