"""Looking back (存量回查): what is out already, judged again when a rule changes; what was found, until its end."""
