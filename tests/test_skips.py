"""A test that skips in CI is one that a list names, with its reason."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")


@pytest.mark.parametrize(("whose", "code"), [("main", 1), ("", 0)])
def test_what_skips_unnamed_fails_the_run(tmp_path, whose, code):
    (tmp_path / "conftest.py").write_text(CONFTEST.read_text())
    (tmp_path / "skips.toml").write_text('[main]\n"test_a.py" = "named"\n')
    for name in "ab":
        skip = "import pytest\ndef test(): pytest.skip()\n"
        (tmp_path / f"test_{name}.py").write_text(skip)
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        env={**os.environ, "INKSIGHT_SKIPS": whose},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == code, ran.stdout
    assert ("test_b.py::test" in ran.stdout) == bool(code)
    assert "test_a.py::test" not in ran.stdout
