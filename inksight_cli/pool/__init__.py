"""Worker processes: each loads what is heavy once, then does one unit of work after another.

The parent's side is `workers`, the child's `serve`; `room` says how many fit into memory. What a
unit is, the pool does not know.
"""

from inksight_cli.pool.room import available_memory, jobs_for, limit_memory, may_limit_memory
from inksight_cli.pool.workers import Done, Lost, Outcome, Pool

__all__ = [
    "Done",
    "Lost",
    "Outcome",
    "Pool",
    "available_memory",
    "jobs_for",
    "limit_memory",
    "may_limit_memory",
]
