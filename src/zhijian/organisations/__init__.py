"""The tree of bodies, the people who work in them, and the roles they hold there."""
