"""The web page as a file: what lies in it, and that no text of a document gets out of its place."""

import base64
import io
import json
import re

import pytest

from inksight_cli.errors import OutputError
from inksight_cli.formats import find_writer
from inksight_cli.formats.json import plain_document
from inksight_cli.formats.protocol import WriteOptions, check_own
from inksight_cli.webpage.page import harmless, policy
from tests.helpers.documents import sample


def written(options=None, document=None):
    stream = io.BytesIO()
    find_writer(".html").write(document or sample(), stream, options or WriteOptions())
    return stream.getvalue().decode()


def boot_of(page):
    found = re.findall(r'<script type="application/json" id="boot">(.*?)</script>', page, re.S)
    assert len(found) == 1
    return json.loads(found[0])


def test_the_document_lies_in_the_page_as_in_json():
    boot = boot_of(written())
    assert boot["documents"] == [plain_document(sample(), WriteOptions())]
    assert [label["page"] for label in boot["pages"]] == list(range(len(sample().pages)))


def test_a_photo_lies_in_the_page_unless_it_is_off():
    on = WriteOptions(picture=lambda page: b"\xff\xd8" + page.source.encode())
    address = boot_of(written(on))["photos"][0][0]
    head, data = address.split(",")
    assert head == "data:image/jpeg;base64"
    assert base64.b64decode(data).startswith(b"\xff\xd8")
    off = WriteOptions(picture=on.picture, own={"photo": "off"})
    assert boot_of(written(off))["photos"][0][0] is None


def test_ink_whose_photo_is_gone_is_written_all_the_same():
    def gone(page):
        raise OutputError("gone")

    assert boot_of(written(WriteOptions(picture=gone)))["photos"][0][0] is None


def test_its_option_is_known():
    check_own(find_writer("html"), WriteOptions(own={"photo": "off"}))


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!--<script>", "\u2028", "]]>&lt;", "\udcff"]
)
def test_texts_stay_texts(text):
    document = sample()
    next(document.pages[0].words).text = text
    page = written(document=document)
    assert page.count("<script") == page.count("</script>") == 2
    said = boot_of(page)["documents"][0]["pages"][0]["lines"][0]["words"][0]["text"]
    assert said == text.replace("\udcff", "?")


def test_json_in_a_script_starts_no_tag():
    assert "<" not in harmless({"</script>": "<!--"})


def test_nothing_is_loaded_from_anywhere():
    page = written()
    assert policy("'none'") in page
    assert "default-src 'none'" in page and "connect-src 'none'" in page
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", page.split("<script>")[1]))
    assert addresses == {"http://www.w3.org/2000/svg"}
