"""The portal's own database: tables, shelves, unit of work and migrations."""
