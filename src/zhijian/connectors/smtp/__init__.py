"""Plain e-mail to one person by the body's own mail server."""
