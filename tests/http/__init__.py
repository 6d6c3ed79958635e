"""The HTTP surface as a client sees it."""
