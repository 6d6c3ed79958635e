"""The portal's own database, by SQLAlchemy Core."""
