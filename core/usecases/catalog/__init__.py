"""Browsing products and pricing carts (CAT)."""
