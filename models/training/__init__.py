"""The recipe that makes `nano`: corpora, pictures, targets, model, training and export."""
