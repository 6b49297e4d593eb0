"""Pages as large as paper."""

import pytest

from inksight_cli.document import Document, Page
from inksight_cli.errors import UsageError
from inksight_cli.formats.sizes import PAPERS, on_paper


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("shape", [(1600, 1100), (1100, 1600), (500, 2000), (1, 1)])
def test_a_page_fills_its_paper_one_way_and_fits_the_other(paper, shape):
    (page,) = on_paper(Document([Page(*shape)]), paper).pages
    short, long = (side / page.dpi * 25.4 for side in sorted(shape))
    assert short <= PAPERS[paper][0] + 1e-9 and long <= PAPERS[paper][1] + 1e-9
    assert short == pytest.approx(PAPERS[paper][0]) or long == pytest.approx(PAPERS[paper][1])


def test_the_document_given_is_not_changed():
    document = Document([Page(100, 100, dpi=72.0)])
    on_paper(document, "A4")
    assert document.pages[0].dpi == 72.0


def test_an_unknown_paper_is_told():
    with pytest.raises(UsageError, match="one of a3, a4"):
        on_paper(Document([]), "b4")
