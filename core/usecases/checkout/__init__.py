"""Saving a cart on its way to an order, and what still stands in its way."""
