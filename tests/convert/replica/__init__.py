"""A generator of SavedModels built as T5X exports Small-p, in any size and several shapes."""
