"""The recipe of the reader: ink becomes text."""
