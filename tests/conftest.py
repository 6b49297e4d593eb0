"""What all tests share: property tests are judged by what they find, never by the clock.

In CI nothing skips but what `skips.toml` names.
"""

import os
import tomllib
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("inksight", deadline=None)
settings.load_profile("inksight")

_MAY_SKIP = Path(__file__).with_name("skips.toml")


def unexpected(skipped, whose):
    """Return those of the tests and files that skipped which the list does not name."""
    named = tomllib.loads(_MAY_SKIP.read_text(encoding="utf-8"))[whose]
    return sorted(s for s in skipped if s not in named and s.split("::")[0] not in named)


def pytest_terminal_summary(terminalreporter):
    whose = os.environ.get("INKSIGHT_SKIPS")
    if not whose:
        return
    skipped = {report.nodeid for report in terminalreporter.stats.get("skipped", [])}
    if found := unexpected(skipped, whose):
        terminalreporter.section("skipped, and not in tests/skips.toml")
        terminalreporter.write_line("\n".join(found))
        terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED
