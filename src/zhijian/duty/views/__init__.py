"""Pages of the roster, of swaps, of alarms, of hand-overs and the log."""
