"""One module for each command: `HELP`, `configure(parser)`, `run(options)`."""
