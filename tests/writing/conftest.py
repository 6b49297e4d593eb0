"""The example's page of handwriting, and the hand learned from it."""

import io
from pathlib import Path

import pytest

from inksight_cli.detectors import find_detector
from inksight_cli.document import Document
from inksight_cli.formats import find_writer
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.pages.load import load_pages
from inksight_cli.pipeline import Derenderer
from inksight_cli.reading.network import SHIPPED, read_model
from inksight_cli.writing.learn import learn

EXAMPLE = Path(__file__).parents[2] / "examples" / "page.jpg"


@pytest.fixture(scope="session")
def model():
    return read_model(SHIPPED)


@pytest.fixture(scope="session")
def page():
    derenderer = Derenderer(find_detector("embedded"))
    (page,) = derenderer.pages(load_pages(str(EXAMPLE)))
    return page


@pytest.fixture(scope="session")
def hand(page, model):
    return learn([page], model, "Vera")


@pytest.fixture(scope="session")
def page_file(page, tmp_path_factory):
    stream = io.BytesIO()
    find_writer("json").write(Document([page]), stream, WriteOptions())
    path = tmp_path_factory.mktemp("pages") / "page.json"
    path.write_bytes(stream.getvalue())
    return path
