"""The pages of censuses: asking and summing up, filling in and signing, holding against other sources."""
