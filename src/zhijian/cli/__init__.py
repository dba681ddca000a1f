"""The `zhijian` command: starting, migrating, checking, importing, verifying."""
