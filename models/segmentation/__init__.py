"""The recipe of the network that finds words; see README.md."""
