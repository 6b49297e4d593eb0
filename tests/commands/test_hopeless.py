"""A file that claims pages which are not there is given up, not tried page by page to its end."""

import pytest

from inksight_cli.commands.feed import HOPELESS
from tests.broken.pdfs import cases
from tests.commands.conftest import QUICK


@pytest.fixture
def claiming(tmp_path):
    """Write a PDF of one page that claims so many."""
    (liar,) = [case for case in cases() if case.name == "pdf a million pages"]
    (data,) = [data for name, data in liar.files.items() if name.endswith(".pdf")]

    def write(count):
        path = tmp_path / "page.pdf"
        path.write_bytes(data.replace(b"/Count 1000000", b"/Count %d" % count))
        return path

    return write


def test_fifty_lost_pages_in_a_row_are_enough(inksight, claiming, tmp_path):
    done = inksight("derender", claiming(300), "-o", tmp_path / "out", *QUICK)
    assert done.code != 0
    assert f"None of {HOPELESS} pages in a row" in done.err
    assert done.err.count("cannot be drawn") < 2 * HOPELESS  # some are under way already


def test_more_pages_than_a_library_has_are_asked_for(inksight, claiming, tmp_path):
    path = claiming(1_000_000)
    done = inksight("derender", path, "-o", tmp_path / "out", *QUICK)
    assert done.code != 0
    assert "more than 20000 pages" in done.err
    assert "--pages 1-100" in done.err
