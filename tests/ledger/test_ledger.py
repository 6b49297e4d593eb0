"""What is in a ledger survives whoever wrote it; what was torn is passed over."""

import errno
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inksight_cli.errors import (
    DiskFullError,
    FolderGoneError,
    OutputError,
    UnreadableInputError,
)
from inksight_cli.ledger import Entry, Ledger, fingerprint, merge_ledgers
from inksight_cli.ledger.book import read_entries
from inksight_cli.ledger.entry import parse


def entry(result="a.svg", page=1, **more):
    return Entry(
        **{"input": "in/a.png", "pages": 1, "options": "o", "version": "1", **more},
        result=result,
        page=page,
    )


texts = st.text(max_size=8)
entries = st.builds(
    Entry,
    input=texts,
    result=texts,
    page=st.integers(0, 9),
    pages=st.integers(1, 9),
    options=texts,
    version=texts,
    sha256=texts,
    outputs=st.dictionaries(texts, st.integers(0, 1 << 40), max_size=3),
    words=st.integers(0, 1000),
    seconds=st.floats(0, 1e6),
    warnings=st.lists(texts, max_size=3).map(tuple),
    failure=st.none() | texts,
    code=st.integers(0, 255),
)


@given(entries)
def test_a_line_says_what_its_entry_does(one):
    line = one.line()
    assert line.count(b"\n") == 1
    assert line.isascii()
    assert parse(line) == one


@given(entries, st.integers(0, 400))
def test_a_torn_line_is_no_entry(one, cut):
    line = one.line()[:-1]
    assert parse(line[: min(cut, len(line) - 1)]) is None


@pytest.mark.parametrize(
    "line", [b"", b"null", b"[]", b"{}", b"\xff", b'{"input": 1}', b'{"input": "a"}']
)
def test_other_lines_are_none(line):
    assert parse(line) is None


def test_wrong_kinds_are_none():
    line = entry(outputs={"a": 1}).line()
    assert parse(line) is not None
    assert parse(line.replace(b'"a": 1', b'"a": "1"')) is None
    assert parse(line.replace(b'"page": 1', b'"page": "1"')) is None
    assert parse(line.replace(b'"page"', b'"more": [], "page"')) is not None


def known(ledger):
    return [each for pages in ledger.entries.values() for each in pages.values()]


def test_the_last_entry_of_a_key_counts_and_others_writers_are_heard(tmp_path):
    path = tmp_path / "ledger"
    ours, theirs = Ledger(path), Ledger(path)
    theirs.add(entry(words=1))
    ours.add(entry(words=2))
    theirs.add(entry(words=3))
    theirs.add(entry("b.svg"))
    ours.catch_up()
    assert [(e.result, e.words) for e in known(ours)] == [("a.svg", 3), ("b.svg", 0)]
    theirs.catch_up()
    assert [e.words for e in known(theirs)] == [2]
    assert [e.words for e in known(Ledger(path))] == [3, 0]
    assert known(Ledger(path, earlier=False)) == []


def test_memory_does_not_grow_with_what_is_written(tmp_path):
    path = tmp_path / "ledger"
    ours, theirs = Ledger(path), Ledger(path)
    for number in range(100):
        ours.add(entry(f"{number}.svg"))
        theirs.add(entry(f"{number}.inkml"))
        ours.catch_up()
        ours.forget(f"{number}.inkml")
    assert known(ours) == []
    assert len(list(read_entries(path))) == 200
    theirs.catch_up()
    assert [e.result for e in known(theirs)] == [f"{number}.svg" for number in range(100)]


def test_after_a_torn_line_the_next_is_whole(tmp_path):
    path = tmp_path / "ledger"
    ledger = Ledger(path)
    ledger.add(entry("a"))
    with path.open("ab") as file:
        file.write(entry("b").line()[:30])
    again = Ledger(path)
    again.add(entry("c"))
    again.add(entry("d"))
    assert [e.result for e in read_entries(path)] == ["a", "c", "d"]
    assert [e.result for e in known(Ledger(path))] == ["a", "c", "d"]
    ledger.catch_up()
    assert [e.result for e in known(ledger)] == ["c", "d"]
    again.catch_up()
    assert [e.result for e in known(again)] == ["a"]


def test_a_ledger_that_was_removed_is_told(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    (tmp_path / "ledger").unlink()
    with pytest.raises(FolderGoneError, match="has been removed"):
        ledger.add(entry())


def test_a_full_disk_is_told_as_such(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    ledger = Ledger(tmp_path / "ledger")
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(DiskFullError, match="cannot be written: no space left"):
        ledger.add(entry())


def test_a_ledger_that_cannot_be_there_is_told(tmp_path):
    with pytest.raises(OutputError, match="cannot be written: no such file"):
        Ledger(tmp_path / "none" / "ledger")
    (tmp_path / "full").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="no regular file"):
        Ledger(tmp_path / "full")
    with pytest.raises(UnreadableInputError, match="cannot be read"):
        Ledger(tmp_path / "ledger", more=[tmp_path / "other"])


def test_names_count_from_the_ledgers_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ledger = Ledger(tmp_path / "ledger")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a").write_bytes(b"abc")
    assert ledger.name(tmp_path / "sub" / "a") == "sub/a"
    assert ledger.name(type(tmp_path)("sub/a")) == "sub/a"
    assert ledger.name(tmp_path.parent / "x") == (tmp_path.parent / "x").as_posix()
    assert ledger.holds([("sub/a", 3)])
    assert ledger.holds([(str(tmp_path / "sub" / "a"), 3)])
    assert not ledger.holds([("sub/a", 3), ("sub/a", 2)])
    assert not ledger.holds([("sub/b", 0)])


TAKE = """
import sys
from pathlib import Path
from inksight_cli.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]))
print(ledger.claims.take("a"), ledger.claims.take("b"), flush=True)
sys.stdin.read()
"""


def test_a_claim_is_one_process_s_until_it_ends(tmp_path):
    path = tmp_path / "ledger"
    ledger = Ledger(path)
    assert ledger.claims.take("a")
    other = subprocess.Popen(
        [sys.executable, "-c", TAKE, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout.readline() == b"False True\n"
    assert not ledger.claims.take("b")
    ledger.catch_up()  # reading gives nothing back
    assert not ledger.claims.take("b")
    other.kill()
    other.communicate()
    assert ledger.claims.take("b")
    ledger.claims.give_back("a")
    ledger.close()


def test_merging_keeps_the_last_and_what_is_done(tmp_path):
    for name, more in (
        ("1", [entry("a", words=1), entry("b", failure="no"), entry("c", words=5)]),
        ("2", [entry("a", words=2), entry("b"), entry("c", failure="no"), entry("d")]),
    ):
        (tmp_path / name).write_bytes(b"".join(e.line() for e in more))
    merged = merge_ledgers([tmp_path / "1", tmp_path / "2"], tmp_path / "all")
    assert list(read_entries(tmp_path / "all")) == list(merged.values())
    assert [(e.result, e.words, e.failure) for e in merged.values()] == [
        ("a", 2, None),
        ("b", 0, None),
        ("c", 5, None),
        ("d", 0, None),
    ]


def test_other_options_have_another_name():
    assert fingerprint({"a": 1, "b": None}) == fingerprint({"b": None, "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})
    assert len(fingerprint({})) == 16


def test_it_is_on_the_disk_before_the_next_page_begins(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", synced.append)
    Ledger(tmp_path / "ledger").add(entry())
    assert len(synced) == 1
