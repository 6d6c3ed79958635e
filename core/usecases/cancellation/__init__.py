"""Ending a service, from the request to its last day."""
