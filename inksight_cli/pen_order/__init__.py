"""Learned pen order: which of the traced strokes comes next, which way, with the pen down or not.

The tracer finds where the pen went; a small network, learned from how people write, finds when.
It may be told what a model answered. Order recovery as a path search over directed strokes:
Kato and Yasuhara (PAMI 2000), Qiao, Nishiara and Yasuhara (PAMI 2006); here the costs are learned
and the search is a beam, as in pointer networks (Vinyals et al. 2015).
"""

from inksight_cli.pen_order.network import PenOrder, read_pen_order
from inksight_cli.pen_order.search import reorder

__all__ = ["PenOrder", "read_pen_order", "reorder"]
