"""Placing orders and learning what staff decided about them."""
