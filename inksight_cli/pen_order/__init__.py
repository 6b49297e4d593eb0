"""The writer's hand: pen order read from a whole word at once.

The tracer finds where the pen went; a network, learned from how people write, finds when. It sees
every line of a word's graph and writes a walk over them. Order recovery as a path search over
directed strokes: Kato and Yasuhara (PAMI 2000), Qiao, Nishiara and Yasuhara (PAMI 2006); here the
whole word is read (Vaswani et al. 2017) and pointed at, line by line (Vinyals et al. 2015).
"""

from inksight_cli.pen_order.hand import Hand, read_hand
from inksight_cli.pen_order.lines import Lines
from inksight_cli.pen_order.writing import MOST, lines_of, open_hand, write_all

__all__ = ["MOST", "Hand", "Lines", "lines_of", "open_hand", "read_hand", "write_all"]
