"""What people teach the checker: term tables by body, tried and approved, compiled into rule sets."""
