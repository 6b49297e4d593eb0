"""What the workers of these tests do; spawned processes import it."""

import os
import signal
import sys
import time

from inksight_cli.errors import ModelError
from inksight_cli.pool.serve import Retire


def squares():
    return _square


def _square(number):
    return number * number, os.getpid()


def troubles():
    return _trouble


def _trouble(what):
    if what == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if what == "end":
        os._exit(3)
    if what == "hang":
        time.sleep(600)
    if what == "raise":
        raise ValueError("a defect")
    if what == "last":
        raise Retire(os.getpid())
    if what == "memory":
        try:
            return len(bytearray(1 << 30))
        except MemoryError:
            return "too much"
    return os.getpid()


def broken():
    raise ModelError("There is no model.", "Install one.")


def orphan(path):
    """Start a pool, write its worker's number, and be killed: the worker must end as well."""
    from inksight_cli.pool import Pool

    pool = Pool(troubles, 1)
    pool.give("who")
    while not (found := pool.wait()):  # it tells of more than results: that a worker is ready
        pass
    (done,) = found
    with open(path, "w") as file:  # noqa: PTH123
        file.write(str(done.result))
    pool.give("hang")
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    orphan(sys.argv[1])
