"""Whose ink is whose: every patch of ink gets a word, a drawing or nobody; crops for models."""
