"""A worker's side on a cluster: it works where the run does, or says why it cannot."""

import os

import pytest

from inksight_cli.commands.staff import gpu_share
from inksight_cli.errors import MissingBackendError, OutputError, UsageError
from inksight_cli.pool.actor import Actor, Site
from inksight_cli.pool.serve import DONE, LAST, RAISED, READY
from tests.pool import work


@pytest.fixture(autouse=True)
def back(monkeypatch):
    monkeypatch.chdir(".")


def test_it_enters_the_folder_with_the_runs_variables(tmp_path, monkeypatch):
    monkeypatch.setenv("INKSIGHT_MODELS", "/shared/models")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    site = Site.here(("out",))
    monkeypatch.chdir("/")
    monkeypatch.delenv("INKSIGHT_MODELS")
    actor = Actor()
    assert actor.begin((site, work.squares, None)) == (READY, None)
    assert actor.work(7) == (DONE, (49, os.getpid()))
    assert os.getcwd() == str(tmp_path)  # noqa: PTH109
    assert os.environ["INKSIGHT_MODELS"] == "/shared/models"


def test_a_node_that_lacks_something_says_what(tmp_path):
    for site, error, says in (
        (Site(str(tmp_path), ("out",)), OutputError, "does not see 'out'"),
        (Site(str(tmp_path / "none")), OutputError, "does not see"),
        (Site(str(tmp_path), version="0.0.1"), MissingBackendError, "0.0.1 where the run began"),
    ):
        what, raised = Actor().begin((site, work.squares, None))
        assert (what, type(raised), says in raised.message) == (RAISED, error, True)


def test_what_units_say_is_said():
    actor = Actor()
    actor.begin((Site.here(()), work.troubles, None))
    assert actor.work("last") == (LAST, os.getpid())
    what, error = actor.work("raise")
    assert (what, type(error)) == (RAISED, ValueError)


def test_gpus_are_shared_among_those_who_find_words():
    assert [gpu_share(1, 1), gpu_share(2, 1), gpu_share(1, 3), gpu_share(4, 6)] == [
        1.0,
        1.0,
        0.3333,
        0.6666,
    ]
    with pytest.raises(UsageError, match="No node"):
        gpu_share(0, 2)
