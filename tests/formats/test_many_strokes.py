"""Ten thousand strokes go into every format, and come back; what is no number goes into none."""

import numpy as np
import pytest

from inksight_cli.document import Document, Page, Stroke
from inksight_cli.errors import OutputError
from inksight_cli.formats import find_reader, find_writer, registry
from inksight_cli.formats.protocol import Reader
from tests.formats.written import written


@pytest.fixture(scope="module")
def many() -> Document:
    at = np.random.default_rng(1).uniform(0, 3000, (10_000, 3, 2)).round(2)
    return Document([Page(3000, 3000, drawings=[Stroke(points, [2, 3, 2]) for points in at])])


@pytest.mark.parametrize("name", ["json", "inkml", "svg", "xopp", "pdf"])
def test_ten_thousand_strokes(many, name):
    assert name in registry().loaded
    data = written(many, name)
    assert len(data) > 100_000
    if isinstance(find_writer(name), Reader):
        import io

        (page,) = find_reader(name).read(io.BytesIO(data)).pages
        for mine, stroke in zip(page.drawings, many.pages[0].drawings, strict=True):
            assert np.array_equal(mine.points, stroke.points)


@pytest.mark.parametrize("name", ["json", "inkml", "svg", "xopp", "pdf"])
@pytest.mark.parametrize("broken", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(name, broken):
    for stroke in (Stroke([(1, 1), (2, 2)], [1, broken]), Stroke([(1, 1), (broken, 2)], [1, 1])):
        with pytest.raises(OutputError, match="no finite number"):
            written(Document([Page(10, 10, drawings=[stroke])]), name)
