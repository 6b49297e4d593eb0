"""The written files as they were once looked at and found right, compared canonically.

After a wanted change: ``python -m tests.formats.test_golden`` writes them anew; look at them.
"""

import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from inksight_cli.formats import find_writer
from inksight_cli.formats.protocol import WriteOptions
from tests.helpers.documents import sample

GOLDEN = Path(__file__).parent / "golden"
NAMES = ("svg", "inkml", "json")


def now(name: str) -> bytes:
    stream = io.BytesIO()
    find_writer(name).write(sample(), stream, WriteOptions())
    return stream.getvalue()


@pytest.mark.parametrize("name", NAMES)
def test_output_is_as_it_was(name):
    golden = (GOLDEN / f"sample.{name}").read_bytes()
    if name == "json":
        assert json.loads(now(name)) == json.loads(golden)
    else:
        assert ElementTree.canonicalize(now(name)) == ElementTree.canonicalize(golden)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for name in NAMES:
        (GOLDEN / f"sample.{name}").write_bytes(now(name))
