"""The composition root: settings, wiring, logging and the command line."""
