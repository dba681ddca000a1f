"""An account's connection to its platform: sealed credentials, tokens, capabilities, quotas."""
