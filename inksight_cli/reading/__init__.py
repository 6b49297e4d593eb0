"""Reading: strokes become text. Ink is drawn evenly, a small network reads it, CTC spells it."""
