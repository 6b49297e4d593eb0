"""The recipe of the network that tells scripts (`README.md`)."""
