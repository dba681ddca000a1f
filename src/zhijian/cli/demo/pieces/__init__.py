"""The texts of the demonstration county, all written for it. `{+3}` is the date three days after the piece's own."""
