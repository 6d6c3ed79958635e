"""Asking whether a home can have internet, and learning the answer (ELG)."""
