"""Chance, where many would otherwise do the same at once."""

import random


def spread(most: float) -> float:
    """Some time between nothing and that many seconds."""
    return random.uniform(0, most)
