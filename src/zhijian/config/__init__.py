"""The only place that knows every room: settings, addresses, the web entry point."""
