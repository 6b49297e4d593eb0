"""The house's floors: a package imports only from packages below it (pyproject.toml says which)."""

from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[1]


def test_imports_run_downwards():
    found = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_logo=True)
    assert found == EXIT_STATUS_SUCCESS
