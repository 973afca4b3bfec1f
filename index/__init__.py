"""Documents to searchable index."""
