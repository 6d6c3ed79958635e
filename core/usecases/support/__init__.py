"""Opening and following support cases."""
