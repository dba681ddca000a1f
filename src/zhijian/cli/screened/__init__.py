"""What `zhijian screen` does: sources are read, each is looked at, and what was found is told in one of three forms."""
