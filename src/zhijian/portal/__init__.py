"""The citizens' pages: is this account official, what was published, whom do I ask."""
