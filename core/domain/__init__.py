"""Values, tables and pure functions of the business; stdlib data modules and msgspec only."""
