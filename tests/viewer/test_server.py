"""Who gets an answer, and what a document may not do."""

import http.client
import json
import socket

import pytest

from inksight_cli.viewer.guard import MOST_BODY


class Client:
    """Asks the server as any program may."""

    def __init__(self, server):
        self.server = server
        self.port = server.server_port
        self.token = server.address.rsplit("/", 2)[1]

    def ask(self, method, path, body=None, *, raw=False, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        target = path if raw else f"/{self.token}/{path}"
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        return answer.status, said, answer.headers

    @property
    def origin(self):
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def client(server):
    return Client(server)


def test_the_page_and_its_parts_are_served_to_whoever_knows_the_address(client):
    status, said, headers = client.ask("GET", "")
    assert status == 200 and b'id="boot"' in said
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert client.ask("GET", "documents/0")[0] == 200
    status, said, headers = client.ask("GET", "documents/0/pages/0.jpg")
    assert (status, headers["Content-Type"], said[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert len(client.ask("GET", "documents/0/pages/0.small.jpg")[1]) < 30_000


@pytest.mark.parametrize("path", ["/", "/documents/0", "/wrong/documents/0", "//documents/0", "*"])
def test_without_the_token_nothing_is_told(client, path):
    status, said, _ = client.ask("GET", path, raw=True)
    assert status == 403
    assert b"inksight-document" not in said


@pytest.mark.parametrize(
    "path",
    [
        "../documents/0",
        "documents/../../etc/passwd",
        "documents/0/pages/../0.jpg",
        "documents/%2e%2e/0",
        "documents/1",
        "documents/-1",
        "documents/0/pages/1.jpg",
        "documents/0/pages/9999999.jpg",
        "documents/0\n",
        "viewer.js",
        "documents/0/",
    ],
)
def test_there_is_nothing_else(client, path):
    assert client.ask("GET", path.replace("\n", "%0a"))[0] == 404


def test_other_pages_are_refused(client):
    for origin in ("http://evil.example", "null", f"http://localhost.evil:{client.port}", ""):
        assert client.ask("GET", "documents/0", Origin=origin)[0] == 403
        assert client.ask("PUT", "documents/0", b"{}", Origin=origin)[0] == 403
    assert client.ask("PUT", "documents/0", b"{}")[0] == 403
    assert client.ask("GET", "documents/0", Origin=client.origin)[0] == 200


def test_another_name_for_this_machine_is_refused(client):
    for host in ("evil.example", f"evil.example:{client.port}", "127.0.0.1", "127.0.0.1:1"):
        assert client.ask("GET", "documents/0", Host=host)[0] == 403
    assert client.ask("GET", "documents/0", Host=f"localhost:{client.port}")[0] == 200


@pytest.mark.parametrize("length", [str(1 << 30), str(MOST_BODY + 1), "9" * 5000])
def test_too_much_is_refused_unread(client, length):
    with socket.create_connection(("127.0.0.1", client.port), timeout=20) as line:
        head = (
            f"PUT /{client.token}/documents/0 HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\n"
            f"Origin: {client.origin}\r\nContent-Length: {length}\r\n\r\n"
        )
        line.sendall(head.encode())
        answer = line.makefile("rb").read()
    assert b" 413 " in answer.split(b"\r\n")[0]


@pytest.mark.parametrize("length", ["-1", "x", "", "²"])
def test_an_unknown_length_is_refused(client, length):
    status, _, _ = client.ask(
        "PUT", "documents/0", Origin=client.origin, Content_Length=length.encode()
    )
    assert status == 411


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"format": "inksight-document"}', b"[" * 99_999, b"\xff"]
)
def test_what_is_no_document_is_not_saved(client, folder, body):
    before = (folder / "page.json").read_bytes()
    version = client.ask("GET", "documents/0")[2]["ETag"]
    status, said, _ = client.ask("PUT", "documents/0", body, Origin=client.origin, If_Match=version)
    assert status == 400 and said
    assert (folder / "page.json").read_bytes() == before
    assert not list(folder.glob("*.bak"))
    assert client.ask("POST", "documents/0/pages/0/draw", body, Origin=client.origin)[0] == 400


def test_saving_keeps_the_version_before_and_gives_a_new_one(client, folder):
    _, said, headers = client.ask("GET", "documents/0")
    plain = json.loads(said)
    plain["pages"][0]["lines"][0]["words"][0]["text"] = "Gärten"
    body = json.dumps(plain).encode()
    before = (folder / "page.json").read_bytes()
    status, _, after = client.ask(
        "PUT", "documents/0", body, Origin=client.origin, If_Match=headers["ETag"]
    )
    assert status == 204
    assert (folder / "page.json.bak").read_bytes() == before
    assert json.loads((folder / "page.json").read_bytes()) == plain
    assert after["ETag"] == client.ask("HEAD", "documents/0")[2]["ETag"] != headers["ETag"]


def test_a_version_that_is_gone_is_never_written_over(client, folder):
    _, said, headers = client.ask("GET", "documents/0")
    (folder / "page.json").write_bytes(said.replace(b"Garden", b"Theirs"))
    for version in (headers["ETag"], "", "*"):
        answer = client.ask("PUT", "documents/0", said, Origin=client.origin, If_Match=version)
        assert answer[0] == 412
    assert b"Theirs" in (folder / "page.json").read_bytes()
    status, name, _ = client.ask("POST", "documents/0/copy", said, Origin=client.origin)
    assert (status, name) == (201, b"page.copy-1.json")
    assert (folder / "page.copy-1.json").read_bytes() == said
    assert client.ask("POST", "documents/0/copy", said, Origin=client.origin)[1] != name


def test_a_document_that_is_gone_is_told(client, folder):
    (folder / "page.json").unlink()
    status, said, _ = client.ask("GET", "documents/0")
    assert status == 404 and b"Cannot read" in said


def test_a_picture_that_is_not_the_pages_own_is_not_shown(client, folder):
    """A document may name any file; only the bytes that it was made from are served."""
    text = (folder / "page.json").read_text().replace("6b475ad", "0000000")
    for source in ("/etc/passwd", "../../etc/passwd", "page.jpg", "/dev/zero", "\\u0000"):
        plain = json.loads(text)
        plain["pages"][0]["source"] = source
        (folder / "page.json").write_text(json.dumps(plain))
        assert client.ask("GET", "documents/0/pages/0.jpg")[0] == 404


def test_other_methods_are_unknown(client):
    for method in ("DELETE", "OPTIONS", "TRACE", "PATCH"):
        assert client.ask(method, "documents/0")[0] == 501
    assert client.ask("POST", "documents/0", b"", Origin=client.origin)[0] == 404
