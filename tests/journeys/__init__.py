"""Whole customer journeys over HTTP."""
