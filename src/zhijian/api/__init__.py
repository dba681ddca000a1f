"""The HTTP API: thin, typed, calling the same queries and actions as the pages."""
