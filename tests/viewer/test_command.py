"""The installed ``inksight view``: what it opens, its address, and how it ends."""

import contextlib
import json
import signal
import subprocess
import urllib.request

import pytest

from tests.commands.conftest import QUICK, command


@contextlib.contextmanager
def viewing(*arguments, cwd):
    """Run the command; yields its address and the process."""
    words = [command(), "view", *map(str, arguments), "--no-browser"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, cwd=cwd, text=True, **pipes) as process:
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def boot(address):
    with urllib.request.urlopen(address, timeout=20) as answer:
        page = answer.read().decode()
    data = page.split('id="boot">')[1].split("</script>")[0]
    return json.loads(data)


def test_a_folder_shows_its_documents_and_ctrl_c_ends_it(folder):
    (folder / "more").mkdir()
    (folder / "more" / "page.json").write_bytes((folder / "page.json").read_bytes())
    (folder / "other.json").write_text('{"boxes": []}')
    (folder / "broken.json").write_text('{"format": "inksight-document"')
    with viewing(folder, cwd=folder) as (address, process):
        assert boot(address)["names"] == ["more/page.json", "page.json"]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130
        assert "broken.json" in process.stderr.read()


def test_a_picture_is_drawn_and_lies_in_no_file_until_it_is_saved(folder):
    (folder / "page.json").unlink()
    options = ("--detector", "whole", "--model", "trace")
    assert options == QUICK
    with viewing("page.jpg", *options, cwd=folder) as (address, _):
        assert boot(address)["names"] == ["page.json"]
        with urllib.request.urlopen(address + "documents/0", timeout=20) as answer:
            version, body = answer.headers["ETag"], answer.read()
        assert not (folder / "page.json").exists()
        origin = address[: address.index("/", 8)]
        headers = {"Origin": origin, "If-Match": version}
        put = urllib.request.Request(address + "documents/0", body, headers, method="PUT")
        with urllib.request.urlopen(put, timeout=20) as answer:
            assert answer.status == 204
    assert (folder / "page.json").read_bytes() == body
    assert not (folder / "page.json.bak").exists()


def test_a_picture_whose_result_is_there_is_not_drawn_again(folder):
    with viewing("page.jpg", cwd=folder) as (address, _):
        assert boot(address)["names"] == ["page.json"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nothing.json"], 3),
        (["empty"], 3),
        (["text.json"], 3),
        (["page.json", "--port", "1"], None),
    ],
)
def test_what_cannot_be_shown_is_told(folder, inksight, arguments, code):
    (folder / "empty").mkdir()
    (folder / "text.json").write_text("no")
    if code is None:  # whoever listens there already
        with viewing("page.json", cwd=folder) as (address, _):
            port = address.split(":")[2].split("/")[0]
            ran = inksight("view", "page.json", "--port", port, "--no-browser", cwd=folder)
        assert ran.code == 2 and "cannot be used" in ran.err
        return
    ran = inksight("view", *arguments, "--no-browser", cwd=folder)
    assert ran.code == code
    assert ran.err.startswith("inksight: ") and not ran.out
