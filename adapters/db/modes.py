"""How a transaction is meant."""

from enum import Enum


class Mode(Enum):
    """Reading takes no lock; writing takes the write lock at once; durable also waits for the disk."""

    READING = "reading"
    WRITING = "writing"
    DURABLE = "durable"
