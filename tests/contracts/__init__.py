"""One suite a port, run on every binding of it."""
