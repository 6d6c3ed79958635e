"""How a database that can't be opened says so."""


class NotOpened(Exception):
    """The server answers, but does not open that database to this user."""
