"""Deeds on the fakes, with kills and races between their steps."""
