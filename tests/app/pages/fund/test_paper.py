"""The documents of special funds where pages lead to them: only where there is one, in the visitor's language."""

from collections.abc import Callable

from tests.app.pages.conftest import Visit
from tests.money import WAN, Treasury
from tests.reports.measure import read_texts


def test_pages_lead_to_the_documents_that_there_are(money: Treasury, visit: Callable[[str], Visit]) -> None:
    """Issue 8 no. 3: links on allocation, disbursement and fund; none before there is a document, and a 409 page."""
    draft = money.draft(money.project(), WAN)
    item = money.allocated(30 * WAN)
    asked = money.drawn(item)
    page = visit("tra_staff")
    page.get(f"/items/{draft}")
    assert f"/allocations/{draft}/document" not in page.last
    refused = page.client.get(f"/allocations/{draft}/document.pdf")
    assert refused.status_code == 409
    assert "资金尚未下达，没有下达文件。" in refused.text
    page.get(f"/items/{item}")
    assert f'href="/allocations/{item}/document.pdf"' in page.last
    assert f'href="/allocations/{item}/document.docx"' in page.last
    file = page.client.get(f"/allocations/{item}/document.pdf?lang=en")
    assert file.headers["Content-Disposition"] == f'inline; filename="allocation-{item}-en.pdf"'
    assert "NoticeofanAllocation" in "".join(read_texts(file.data))
    page.get(f"/items/{asked}")
    assert "order.pdf" not in page.last
    money.do("fin1", asked, "check")
    page.get(f"/items/{asked}")
    assert f'href="/disbursements/{asked}/order.docx"' in page.last
    assert page.client.get(f"/disbursements/{asked}/order.pdf").mimetype == "application/pdf"
    page.get(f"/funds/{money.fund_id}")
    for ending in ("pdf", "docx", "xlsx"):
        address = f"/funds/{money.fund_id}/execution.{ending}?year=2026"
        assert f'href="{address}"' in page.last
        assert page.client.get(address).status_code == 200
