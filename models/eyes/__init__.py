"""The network that sees ink: scenes composed for it, its training, its export."""
