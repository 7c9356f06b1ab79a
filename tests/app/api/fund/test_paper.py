"""The documents of special funds over the API: kinds of files, languages, 409 before there is one, 404 for others."""

import io
import zipfile
from collections.abc import Callable

import pytest

from app.edge.paperwork.kind import MEDIA_TYPES
from tests.client import Caller
from tests.money import WAN, YEAR, Treasury
from tests.reports.measure import read_texts


def test_an_allocation_document_is_a_file_once_it_is_allocated(caller: Caller, money: Treasury) -> None:
    """Issue 8 no. 3: PDF and DOCX in both languages; before that 409 with a sentence, another ending is missing."""
    draft = money.draft(money.project(), WAN)
    refused = caller.get("tra_staff", f"/allocations/{draft}/document.pdf")
    assert (refused.status_code, refused.json["code"]) == (409, "not_allocated")
    assert "尚未下达" in refused.json["detail"]
    item = money.allocated(30 * WAN)
    chinese = caller.get("tra_staff", f"/allocations/{item}/document.pdf?lang=zh")
    assert (chinese.status_code, chinese.content_type) == (200, "application/pdf")
    assert "人民币叁拾万元整" in "".join(read_texts(chinese.data))
    assert chinese.headers["Cache-Control"] == "no-store"
    english = caller.get("tra_staff", f"/allocations/{item}/document.docx?lang=en")
    assert english.content_type == MEDIA_TYPES["docx"]
    assert f"allocation-{item}-en.docx" in english.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(english.data)) as parts:
        assert "Notice of an Allocation" in parts.read("word/document.xml").decode()
    assert caller.get("tra_staff", f"/allocations/{item}/document.xlsx").status_code == 404
    assert caller.get("tra_staff", f"/allocations/{money.drawn(item)}/document.pdf").status_code == 404


def test_an_order_is_a_file_once_it_is_checked(caller: Caller, money: Treasury) -> None:
    """Issue 8 no. 3: before the check, and once it was returned, 409; the file of a paid one is marked."""
    item = money.drawn(money.allocated(30 * WAN))
    refused = caller.get("fin1", f"/disbursements/{item}/order.pdf")
    assert (refused.status_code, refused.json["code"]) == (409, "no_order")
    money.do("fin1", item, "check")
    assert "待支付" in read_texts(caller.get("fin1", f"/disbursements/{item}/order.pdf?lang=zh").data)[0]
    money.do("fin2", item, "pay", voucher="记7")
    paid = read_texts(caller.get("fin2", f"/disbursements/{item}/order.pdf?lang=zh").data)[0]
    assert "已支付" in paid
    assert "凭证号记7" in paid
    assert caller.get("fin1", f"/disbursements/{item}/order.docx").content_type == MEDIA_TYPES["docx"]


@pytest.mark.parametrize("ending", ["pdf", "docx", "xlsx"])
def test_an_execution_report_is_a_file_of_its_kind(caller: Caller, money: Treasury, ending: str) -> None:
    """Issue 8 no. 3: of a year, this one when left out; asked for twice it has the same bytes."""
    money.paid(money.allocated(30 * WAN))
    answers = [caller.get("fin1", f"/funds/{money.fund_id}/execution.{ending}?lang=zh{year}")
               for year in ("", f"&year={YEAR}")]  # fmt: skip
    assert [answer.status_code for answer in answers] == [200, 200]
    assert {answer.content_type for answer in answers} == {MEDIA_TYPES[ending]}
    assert answers[0].data == answers[1].data
    assert caller.get("fin1", f"/funds/{money.fund_id}/execution.csv").status_code == 404
    assert caller.get("fin1", f"/funds/999/execution.{ending}").status_code == 404


PLACES: tuple[Callable[[int, int], str], ...] = (
    lambda item, _: f"/allocations/{item}/document.pdf", lambda _, paid: f"/disbursements/{paid}/order.docx",
)  # fmt: skip


def test_what_is_not_ones_own_is_missing(caller: Caller, money: Treasury) -> None:
    """P86: for who may not read it a document is missing, as for an item that never was; administrators see no fund."""
    item = money.allocated(30 * WAN)
    paid = money.paid(item)
    for place in PLACES:
        assert caller.get("wea_staff", place(item, paid)).status_code == 404
        assert caller.get("wea_staff", place(9999, 9999)).status_code == 404
        assert caller.get("tra_staff", place(item, paid)).status_code == 200
    assert caller.get("admin", f"/funds/{money.fund_id}/execution.pdf").status_code == 403
