"""The page of payment orders: chosen ones are exported, a paid list is looked at and then posted, without script."""

import html
import io
import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tests.app.pages.conftest import Visit
from tests.city import City
from tests.money import WAN, Treasury

_LINES = re.compile(r'<textarea name="lines" hidden>([^<]*)</textarea>')
_SHA = re.compile(r'name="sha256" value="([0-9a-f]{64})"')


@pytest.fixture
def money(city: City) -> Treasury:
    """Give a fund with two checked payments of 10,000.00 and 20,000.00 yuan."""
    made = Treasury.found(city)
    for place in (1, 2):
        made.do("fin1", made.drawn(made.allocated(place * WAN)), "check")
    return made


@pytest.fixture
def page(money: Treasury, visit: Callable[[str], Visit]) -> Visit:  # noqa: ARG001  # fills the database
    """Give a finance person on the page."""
    found = visit("fin2")
    assert found.get("/funds/payments").status_code == 200
    return found


def _numbers(page: Visit) -> list[str]:
    return list(dict.fromkeys(re.findall(r"付〔2026〕\d+号", page.last)))


def _upload(page: Visit, text: str) -> TestResponse:
    data = {"csrf_token": page.token, "file": (io.BytesIO(text.encode()), "支付清单.csv")}
    answer = page.client.post("/funds/payments/preview", data=data)
    if answer.status_code == 200:
        page.last = answer.text
    return answer


def _post(page: Visit, **fields: str) -> TestResponse:
    lines, sha = _LINES.search(page.last), _SHA.search(page.last)
    assert lines is not None
    assert sha is not None
    return page.post("/funds/payments/paid-list", lines=html.unescape(lines[1]), sha256=sha[1], file="x", **fields)


def test_chosen_orders_are_exported(page: Visit) -> None:
    """Only the ticked ones; none ticked is told; somebody else's number is refused."""
    ids = re.findall(r'name="item" value="(\d+)"', page.last)
    assert len(ids) == 2
    file = page.post("/funds/payments/orders", item=ids[0], format="csv")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert len(file.data.decode("utf-8-sig").splitlines()) == 2
    none = page.post("/funds/payments/orders", format="xlsx")
    assert (none.status_code, "请至少选择一笔支付令" in none.text) == (422, True)
    assert page.post("/funds/payments/orders", item="9999").status_code == 422


def test_a_list_is_looked_at_first_and_posted_once(page: Visit, money: Treasury) -> None:
    """The preview posts nothing; posting it twice posts once; what differs stands first with its sentence."""
    first, second = _numbers(page)
    head = "支付令号,金额,凭证号\n"
    shown = _upload(page, f"{head}{first},10000.00,银1\n{second},1.00,银2\n付〔2026〕99号,5,<script>\n")
    assert shown.status_code == 200
    assert "paid" not in money.totals()
    assert shown.text.index("金额不符") < shown.text.index("可以入账")
    assert "<script>" not in shown.text.replace("<script src", "")
    assert "相符1笔" in shown.text
    done = _post(page, do="post")
    assert "已入账1笔" in done.text
    assert money.totals()["paid"] == WAN
    again = _post(page, do="post")
    assert "此前已入账" in again.text
    assert money.totals()["paid"] == WAN
    assert money.check().faults == []


def test_an_amount_off_by_ten_thousand_is_confirmed_on_the_page(page: Visit, money: Treasury) -> None:
    """P53: the box appears, is ticked, the lines are judged anew, then posted."""
    first, _ = _numbers(page)
    shown = _upload(page, f"支付令号,金额,凭证号\n{first},1.00,银1\n")
    assert "金额差万倍" in shown.text
    assert 'name="confirm"' in shown.text
    assert "可以入账" in _post(page, do="check", confirm="1").text
    assert "paid" not in money.totals()
    _post(page, do="post", confirm="1")
    assert money.totals()["paid"] == WAN


def test_what_cannot_be_read_is_told_beside_the_field(page: Visit, money: Treasury) -> None:
    """No file, a wrong file, a preview that was tampered with: 422, nothing posted."""
    assert _upload(page, "a,b\n1,2\n").status_code == 422
    answer = page.post("/funds/payments/preview")
    assert (answer.status_code, "请选择要上传的文件" in answer.text) == (422, True)
    for lines in ("", "[]", "{}", "[[1]]", '[[1,"a",-5,"b",null,null,true,null,[]]]', "[" * 5000):
        told = page.post("/funds/payments/paid-list", lines=lines, do="post")
        assert (told.status_code, "请重新上传" in told.text) == (422, True), lines[:20]
    assert "paid" not in money.totals()


@pytest.mark.usefixtures("money")
def test_the_page_is_for_keepers(visit: Callable[[str], Visit]) -> None:
    """403 for whoever could keep no fund; a head elsewhere sees no orders; English has its words."""
    assert visit("tra_staff").get("/funds/payments").status_code == 403
    assert "没有待支付的支付令" in visit("tra_head").get("/funds/payments").text
    reader = visit("fin1")
    reader.client.set_cookie("lang", "en")
    assert "Payment orders" in reader.get("/funds/payments").text
