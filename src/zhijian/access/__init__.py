"""Names of permissions and the registry of their rules. The rules themselves live in the rooms that own the things."""
