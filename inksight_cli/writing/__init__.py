"""Text written in a person's hand: their letters cut from words, kept in a file, set anew.

`learn` cuts pages into a `Hand`, `bank` keeps it, `page` writes with it. Lengths are in bodies:
heights of a letter without ascender; x runs right, y down, the base line is 0.
"""
