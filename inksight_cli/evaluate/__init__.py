"""How good ink is: measures against true pen paths in pixels, and of reading.

Strokes are plain lists of (N, 2) arrays (x right, y down, pixels); nothing here knows documents,
models or files.
"""

from inksight_cli.evaluate.coverage import InkOverlap, ink_overlap
from inksight_cli.evaluate.paths import direction_share, dtw_distance, order_agreement
from inksight_cli.evaluate.resample import Strokes, resample_all
from inksight_cli.evaluate.scores import InkScores, compare, summarise
from inksight_cli.evaluate.text import character_error_rate, edit_distance

__all__ = [
    "InkOverlap",
    "InkScores",
    "Strokes",
    "character_error_rate",
    "compare",
    "direction_share",
    "dtw_distance",
    "edit_distance",
    "ink_overlap",
    "order_agreement",
    "resample_all",
    "summarise",
]
