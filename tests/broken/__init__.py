"""Broken inputs by the thousand, seeded, each given to a copy of the program of its own."""
