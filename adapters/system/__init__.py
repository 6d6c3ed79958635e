"""The real clock, ids, randomness and password hashing."""
