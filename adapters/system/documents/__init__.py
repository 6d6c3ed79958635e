"""Cleaning of uploaded documents in processes of their own, which hold nothing else and may die."""
