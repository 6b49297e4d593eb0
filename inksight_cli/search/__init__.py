"""Typed text is found in all pages of many documents: an index in SQLite, with full text."""
