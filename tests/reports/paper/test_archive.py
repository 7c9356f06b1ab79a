"""Every kind of paper, issued, is an archive's PDF; a working copy is not taken for one."""

import pytest

from app.edge.paperwork.catalogue import PAPERS
from tests.reports.paper.test_proof import PROOF
from tests.reports.test_hostile import PDF
from tests.reports.test_pdf_parts import find_archive_faults

SAMPLES = {"project_report": "project"}


@pytest.mark.parametrize("name", PAPERS)
def test_an_issued_paper_of_any_kind_is_pdf_a(name: str) -> None:
    """Issue 8, 5: PDF/A-2b whatever the paper; a kind that is added later is asked, too."""
    _, paper = PDF[SAMPLES.get(name, name)]
    assert find_archive_faults(PAPERS[name].draw["pdf"](paper, "zh", PROOF)) == []
