"""Every table there is, known as soon as this is imported."""

from typing import Final

from sqlalchemy import MetaData

from adapters.db import limit_tables, tables, work_tables

PARTS: Final = (tables, work_tables, limit_tables)
"""The modules that tables are declared in."""
metadata: Final[MetaData] = tables.metadata
