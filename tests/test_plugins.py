"""Entry points: found by name, and those that fail hurt nobody."""

from importlib.metadata import EntryPoint

import pytest

from inksight_cli import plugins
from inksight_cli.errors import MissingBackendError, UsageError

GROUP = "inksight.tests"


@pytest.fixture(autouse=True)
def registered(monkeypatch, tmp_path):
    (tmp_path / "plugin_that_exits.py").write_text("raise SystemExit('not today')")
    monkeypatch.syspath_prepend(tmp_path)
    values = {
        "good": "collections:OrderedDict",
        "gone": "no_such_module_at_all:Thing",
        "exits": "plugin_that_exits:Thing",
        "lacks": "collections:NoSuchThing",
    }
    found = [EntryPoint(name, value, GROUP) for name, value in values.items()]
    monkeypatch.setattr(plugins, "entry_points", lambda group: found if group == GROUP else [])
    plugins._entries.cache_clear()
    yield
    plugins._entries.cache_clear()


def test_a_registry_lists_what_loads_and_why_the_rest_does_not():
    found = plugins.registry(GROUP)
    assert list(found.loaded) == ["good"]
    assert found.broken["gone"].startswith("ModuleNotFoundError: ")
    assert found.broken["exits"] == "SystemExit: not today"
    assert found.broken["lacks"].startswith("AttributeError: ")


def test_one_is_found_by_name():
    assert plugins.find(GROUP, "good", "thing").__name__ == "OrderedDict"


def test_a_broken_one_says_why():
    with pytest.raises(MissingBackendError, match=r"thing 'exits' .* cannot be used: SystemExit"):
        plugins.find(GROUP, "exits", "thing")


def test_an_unknown_one_names_the_known():
    with pytest.raises(UsageError, match="'odd'; it is one of exits, gone, good, lacks"):
        plugins.find(GROUP, "odd", "thing")
