"""Telling a customer what happened, and clearing what they have read."""
