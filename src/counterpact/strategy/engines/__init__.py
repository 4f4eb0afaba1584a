"""Where work is done: here, or beside us on another core."""
