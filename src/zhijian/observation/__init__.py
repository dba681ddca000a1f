"""What accounts and pages really show: sources and their health, looks, posts and versions, evidence, link checks.

The room observes and keeps proof; it judges nothing. What nobody could look at is told as that, never as nothing.
"""
