"""PDFs: damaged bytes, pages of impossible sizes, forms and trees that never end; 150 and more."""

from __future__ import annotations

from collections.abc import Iterator

from tests.broken.evil import QUICK, Case, damaged
from tests.pages.test_bombs import form_loop
from tests.pages.test_documents import LOCKED, pdf

EACH = 42
SIZES = ("0", "-72", "1e9", "72.5", "nan", "99999999999999999999", "(x)", "null", "0.0001", "14400")


def cases() -> Iterator[Case]:
    """Yield them all."""
    bases = {
        "one": pdf([(72, 36)]),
        "three": pdf([(72, 36)] * 3),
        "turned": pdf(extra=b"/Rotate 90"),
    }
    for name, data in bases.items():
        for how, broken in damaged(data, f"pdf {name}", EACH):
            yield _case(f"{name} {how}", broken)
    for size in SIZES:
        yield _case(f"size {size}", pdf().replace(b"[0 0 144 72]", b"[0 0 %s 72]" % size.encode()))
    for name, data in specials().items():
        yield _case(name, data)


def _case(name: str, data: bytes) -> Case:
    words = ("derender", "page.pdf", "-o", "out/", "--format", "json", "--dpi", "60", *QUICK)
    return Case(f"pdf {name}", words, {"page.pdf": data})


def specials() -> dict[str, bytes]:
    """PDFs made to be a nuisance."""
    whole, action = pdf(), b"/Pages 2 0 R /OpenAction << "
    return {
        "a form in itself": form_loop(),
        "locked": pdf(encrypt=LOCKED),
        "no pages": pdf([]),
        "head": b"%PDF-1.7\n",
        "late head": b" " * 1000 + whole,
        "pages in themselves": whole.replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"),
        "a million pages": whole.replace(b"/Count 1", b"/Count 1000000"),
        "less than no pages": whole.replace(b"/Count 1", b"/Count -5"),
        "contents in itself": whole.replace(b"/Contents 4 0 R", b"/Contents 3 0 R"),
        "deep arrays": whole.replace(b"/Parent 2 0 R", b"/X " + b"[" * 5000 + b"]" * 5000),
        "a script": whole.replace(b"/Pages 2 0 R", action + b"/S /JavaScript /JS (app.alert) >>"),
        "launching": whole.replace(b"/Pages 2 0 R", action + b"/S /Launch /F (/bin/sh) >>"),
        "many operators": whole.replace(b"re f\n", b"re f\n" + b"q 1 0 0 1 0 0 cm " * 3000),
    }  # fmt: skip
