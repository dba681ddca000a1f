"""Sending out: deliveries whose rows are the truth, whatever dies and whenever.

A delivery is an ordered list of approved revisions for one account. Its life is one row that moves by compare-and-set;
a worker drives it step by step and commits what it is about to do before it does it, so that a doubt is read back from
the platform before anything is tried again. PostgreSQL refuses what was not approved (migration 0002).
"""
