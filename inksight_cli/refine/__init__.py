"""From model strokes to page strokes: placed, matched to the ink, measured, audited.

`refine_word` does one word; `write_words` many, as a hand writes them; `trace_drawings` draws the
ink that belongs to none.
"""

from inksight_cli.refine.word import Manner, refine_word, trace_drawings, write_words

__all__ = ["Manner", "refine_word", "trace_drawings", "write_words"]
