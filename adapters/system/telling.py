"""Telling the other instances what was forgotten or rung here: a word, and ids."""


def nobody(*_said: str) -> None:
    """There are no others."""
