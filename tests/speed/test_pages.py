"""`bench --pages`: what a page costs end to end, beside plain OCR on the same pages."""

import json

from tests.commands.conftest import inksight  # noqa: F401 - a fixture
from tests.helpers.pictures import save


def test_pages_are_measured_beside_plain_ocr(inksight, tmp_path):  # noqa: F811
    (tmp_path / "pages").mkdir()
    save(tmp_path / "pages" / "a.png")
    (tmp_path / "pages" / "broken.png").write_bytes(b"none")
    ran = inksight("bench", "--pages", "pages", "--jobs", "1,2", "--json", "found.json")
    assert ran.code == 0
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["inputs"] == 2
    rows = {row["what"]: row for row in found["rows"]}
    assert list(rows)[:3] == ["inksight, 1 job", "inksight, 2 jobs", "rapidocr alone"]
    for row in rows.values():
        assert (row["pages"], row["failed"]) == (1, 1)
        assert row["cpu_seconds"] > 0
    assert rows["inksight, 2 jobs"]["peak_memory_mb"] > 100
    steps = found["cpu_seconds_a_page"]
    assert list(steps) == ["load", "ink", "detect", "read", "draw", "write"]
    assert all(steps.values())
    assert "| inksight, 2 jobs | 1 |" in ran.out.decode()
