"""Learning: a reader of ink is tuned to a person's hand (PyTorch, on the CPU)."""
