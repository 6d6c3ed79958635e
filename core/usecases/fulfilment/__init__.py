"""Turning an approved order into a running service, step by step."""
