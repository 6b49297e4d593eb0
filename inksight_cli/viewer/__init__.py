"""``inksight view``: documents and their photos, served to a browser on this machine alone."""
