"""An account's connection to its platform: sealed credentials, tokens, capabilities, quotas, callbacks.

Rooms above take an open connection from `actions.open_account` and hand it to a connector; credentials leave this room
in no other way, are never shown again once saved, and never written to a log.
"""
