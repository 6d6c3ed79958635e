"""Durable work: a runner over a journal (ports/durable.py, ports/journal.py)."""
