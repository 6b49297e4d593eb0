"""Where an input's first page is, its others are too: `--skip-existing` relies on it."""

import pytest
from PIL import Image

from inksight_cli.commands import app as application
from tests.commands.conftest import QUICK


@pytest.mark.parametrize("preview", [False, True])
def test_the_first_page_takes_its_place_last(tmp_path, monkeypatch, picture, preview):
    if not application.app.registered_commands:
        application._register()
    with Image.open(picture) as page:
        page.save(tmp_path / "note.tif", save_all=True, append_images=[page, page])
    written = []
    monkeypatch.setattr(
        "inksight_cli.output.replace_files", lambda files: written.extend(p.name for p, _ in files)
    )
    call = ["derender", str(tmp_path / "note.tif"), "-o", f"{tmp_path}/", "-q", *QUICK]
    call += ["--preview", f"{tmp_path}/seen/"] if preview else []
    application.app(call, standalone_mode=False)
    pages = [name for name in written if name.endswith(".svg")]
    assert pages == [f"note.page-{k}.svg" for k in (3, 2, 1)]
    assert written[-1] == pages[-1]
    assert len(written) == (6 if preview else 3)
