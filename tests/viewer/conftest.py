"""The example page's ink, as files, and a browser to see it in."""

import contextlib
import io
import threading

import pytest

from inksight_cli.api import derender
from inksight_cli.formats import find_writer
from inksight_cli.formats.protocol import WriteOptions
from inksight_cli.search.finder import documents_in
from inksight_cli.viewer.server import Server
from tests.commands.conftest import inksight  # noqa: F401
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


@contextlib.contextmanager
def serving(folder, names=None):
    """A server of the documents in a folder, as ``inksight view`` starts it."""
    from inksight_cli.commands.view import _document, _routes

    paths = [folder / name for name in names] if names else documents_in(folder)
    volumes = [_document(path, path.name) for path in paths]
    with Server(_routes(volumes, folder, {})) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(example, tmp_path):
    """The example's JSON beside its photo."""
    (tmp_path / "page.json").write_bytes(written(example, "json"))
    (tmp_path / "page.jpg").write_bytes(PAGE.read_bytes())
    return tmp_path


@pytest.fixture
def server(folder):
    with serving(folder) as found:
        yield found


@pytest.fixture
def served(browser, server):
    """The example's page, from the server."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    shown = Shown(context.new_page()).open(server.address)
    yield shown
    context.close()
    assert shown.complaints == []
