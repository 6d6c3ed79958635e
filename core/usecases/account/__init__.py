"""Signing up, logging in, and keeping a customer's profile (ACC)."""
