"""The example page's ink, as files, and a browser to see it in."""

import io

import pytest

from inksight_cli.api import derender
from inksight_cli.formats import find_writer
from inksight_cli.formats.protocol import WriteOptions
from tests.helpers.browser import Shown, chromium
from tests.test_example import PAGE


@pytest.fixture(scope="session")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def example():
    """The example page's ink, as the default call makes it."""
    return derender(PAGE)


def written(document, name: str, **options) -> bytes:
    stream = io.BytesIO()
    find_writer(name).write(document, stream, WriteOptions(**options))
    return stream.getvalue()


@pytest.fixture(scope="session")
def html(example, tmp_path_factory):
    """The example as a web page with its photo."""
    path = tmp_path_factory.mktemp("html") / "page.html"
    path.write_bytes(written(example, "html", picture=lambda _: PAGE.read_bytes()))
    return path


@pytest.fixture
def tab(browser):
    """An empty tab of 1280 x 800, without a network."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, offline=True, accept_downloads=True
    )
    shown = Shown(context.new_page())
    yield shown
    context.close()
    assert shown.complaints == []


@pytest.fixture
def page(tab, html):
    """The example's web page, opened from the disk."""
    return tab.open(html.as_uri())
