"""The recipe of the writer's hand: see README.md."""
