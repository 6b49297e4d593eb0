"""Worker processes: each loads what is heavy once, then does one unit of work after another.

The parent's side is `workers`, the child's `serve`; on a Ray cluster they are `cluster` and
`actor`. `room` says how many fit into memory. What a unit is, the pool does not know.
"""

from inksight_cli.pool.protocol import Done, Lost, Outcome, Workers
from inksight_cli.pool.room import available_memory, jobs_for, limit_memory, may_limit_memory
from inksight_cli.pool.workers import Pool

__all__ = [
    "Done",
    "Lost",
    "Outcome",
    "Pool",
    "Workers",
    "available_memory",
    "jobs_for",
    "limit_memory",
    "may_limit_memory",
]
