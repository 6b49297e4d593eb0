"""Who does a run's work: this process alone, worker processes, or actors of a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from inksight_cli.commands.making import Load, Task, open_worker
from inksight_cli.commands.report import Report
from inksight_cli.commands.run import How
from inksight_cli.commands.under_way import Input, suits_workers
from inksight_cli.commands.units import Made, Unit
from inksight_cli.cores import usable_cores
from inksight_cli.errors import UsageError
from inksight_cli.pool import Pool, jobs_for
from inksight_cli.pool.cluster import Cluster


def staff(
    task: Task, load: Load, inputs: Sequence[Input], how: How, report: Report, sees: tuple[str, ...]
) -> Pool[Unit, Made] | Cluster[Unit, Made] | None:
    """Return who makes the pages of ``inputs``; None: this process does.

    Args:
        task: what to do with pages.
        load: opens inputs.
        inputs: all that are to be made.
        how: the run works.
        report: told what there is to wait for.
        sees: files and folders that every machine must have.

    Raises:
        UsageError: the inputs need this process, and what is asked for needs others.
    """
    if not suits_workers(inputs):
        if how.limited or how.ray:
            asked = "--ray" if how.ray else "--timeout and --max-memory"
            raise UsageError(f"{asked} cannot work with streams: name files to read and to write.")
        return None
    if how.ray:
        return _far(task, load, how, report, sees)
    jobs = how.jobs or _jobs(inputs, load, how)
    if jobs == 1 and not how.limited:
        return None
    make = partial(open_worker, task, load, max(usable_cores() // jobs, 1), how.memory)
    return Pool(make, jobs, how.timeout, how.memory)


def _far(
    task: Task, load: Load, how: How, report: Report, sees: tuple[str, ...]
) -> Cluster[Unit, Made]:
    from inksight_cli.pool.actor import Site
    from inksight_cli.pool.cluster import connect

    assert how.ray
    cores, gpus = connect(how.ray)
    jobs = how.jobs or max(cores // how.threads, 1)
    share = gpu_share(gpus, jobs) if how.gpu else 0.0
    make = partial(open_worker, task, load, how.threads, how.memory)
    site = Site.here(sees)
    return Cluster(make, site, jobs, how.threads, share, how.timeout, how.memory, report.note)


def gpu_share(gpus: int, jobs: int) -> float:
    """Return which part of a GPU each of ``jobs`` gets: all find words, and feed it by turns."""
    if gpus < 1:
        raise UsageError("No node of the cluster has a GPU.", "Leave --device away.")
    return 1.0 if jobs <= gpus else int(gpus / jobs * 1e4) / 1e4


def _jobs(inputs: Sequence[Input], load: Load, how: How) -> int:
    """Return how many workers are of use: pages are counted until there are enough for all."""
    most, pages = jobs_for(1 << 40, how.memory), 0
    for each in inputs:
        pages += each.looked_at(load)
        if jobs_for(pages, how.memory) == most:
            break
    return jobs_for(pages, how.memory)
