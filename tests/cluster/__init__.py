"""Several instances on one PostgreSQL under load, killed one after the other: `python -m tests.cluster`."""
