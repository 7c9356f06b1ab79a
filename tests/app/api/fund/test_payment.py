"""Payment orders out, paid lists in: what matches is paid once, every other line is listed with why not (no. 6)."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from tests.client import Caller
from tests.money import WAN, Treasury

HEAD = ("支付令号", "金额（元）", "凭证号", "支付日期", "收款账号")
ACCOUNT = "6222000000000001"


@pytest.fixture
def orders(money: Treasury) -> list[int]:
    """Give three checked disbursements of 10,000.00, 20,000.00 and 30,000.00 yuan."""
    return [_check(money, money.drawn(money.allocated(place * WAN))) for place in (1, 2, 3)]


def _check(money: Treasury, item: int) -> int:
    money.do("fin1", item, "check")
    return item


def _list_orders(caller: Caller) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = caller.get("fin2", "/payments/orders").json["items"]
    return rows


def _csv(rows: list[tuple[Any, ...]], head: tuple[str, ...] = HEAD) -> bytes:
    lines = [",".join("" if one is None else str(one) for one in row) for row in (head, *rows)]
    return "\n".join(lines).encode()


def _send(caller: Caller, content: bytes, *, login: str = "fin2", query: str = "", name: str = "paid.csv") -> Any:  # noqa: ANN401  # an answer
    return caller.client.post(
        f"/api/v1/payments/paid-list{query}", data={"file": (io.BytesIO(content), name)},
        headers={"Authorization": f"Bearer {caller.token(login)}"},
    )  # fmt: skip


def _yuan(amount: str) -> list[dict[str, str]]:
    return [{"currency": "CNY", "amount": amount}]


def _outcomes(answer: Any) -> list[str]:  # noqa: ANN401  # an answer
    assert answer.status_code == 200, answer.text
    return [line["outcome"] for line in answer.json["items"]]


def _lines(caller: Caller) -> list[tuple[Any, ...]]:
    return [
        (row["order_number"], row["amount"], f"银{row['item_id']}", "2026-03-02", ACCOUNT)
        for row in _list_orders(caller)
    ]  # fmt: skip


def test_orders_go_out_as_real_numbers_and_harmless_texts(caller: Caller, money: Treasury, orders: list[int]) -> None:
    """CSV with its mark, XLSX with numbers; a title that looks like a formula is text; the export is on record."""
    item = money.allocated(WAN, title="=HYPERLINK(1)")
    orders.append(_check(money, money.drawn(item)))
    listed = _list_orders(caller)
    assert (listed[0]["item_id"], listed[0]["amount"]) == (orders[0], "10000.00")
    text = caller.post("fin2", "/payments/orders", {"format": "csv"})
    assert text.data.startswith(b"\xef\xbb\xbf")
    shown = text.data.decode("utf-8-sig").splitlines()
    assert shown[0].startswith("支付令号,收款单位,收款账号,开户银行,金额（元）,用途")
    assert shown[1].startswith(f"{listed[0]['order_number']},交通局,{ACCOUNT},示例银行,10000.00,")
    assert "'=HYPERLINK(1)" in shown[4]
    chosen = caller.post("fin2", "/payments/orders", {"items": orders[:2]})
    sheet = openpyxl.load_workbook(io.BytesIO(chosen.data)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[4] for row in rows[1:]] == [10000, 20000]
    assert rows[1][2] == ACCOUNT
    assert caller.post("fin2", "/payments/orders", {"items": [999]}).json["faults"][0]["field"] == "items[1]"
    assert caller.post("tra_staff", "/payments/orders", {}).status_code == 403
    assert caller.get("office1", "/payments/orders").status_code == 403
    acts = [row["action"] for row in caller.get("auditor", "/audit").json["items"]]
    assert acts.count("export_payment_orders") == 2


def test_a_list_pays_what_matches_and_again_posts_nothing(caller: Caller, money: Treasury, orders: list[int]) -> None:
    """A dry run writes nothing; the run pays each order by the step `pay` with voucher and day; again: nothing."""
    content = _csv(_lines(caller))
    before = money.totals()
    dry = _send(caller, content, query="?dry_run=1")
    assert _outcomes(dry) == ["ready"] * 3
    assert (dry.json["dry_run"], dry.json["matched"], dry.json["posted"]) == (True, 3, _yuan("60000.00"))
    assert money.totals() == before
    done = _send(caller, content)
    assert _outcomes(done) == ["paid"] * 3
    assert money.totals()["paid"] == 6 * WAN
    row = caller.get("fin1", "/disbursements").json["items"][-1]
    assert (row["id"], row["voucher"], row["paid_on"]) == (orders[0], f"银{orders[0]}", "2026-03-02")
    again = _send(caller, content)
    assert _outcomes(again) == ["paid_before"] * 3
    assert (again.json["posted"], again.json["left"]) == ([], 3)
    assert money.totals()["paid"] == 6 * WAN
    assert money.check().faults == []


@pytest.mark.usefixtures("orders")
def test_every_kind_of_bad_line_is_listed_and_posts_nothing(caller: Caller, money: Treasury) -> None:
    """Unmatched, double, differing, faulty, failed: each with its row; a good line among them is paid."""
    one, two, three = _lines(caller)
    lines = [
        one,
        ("付〔2026〕99号", "1.00", "银9", "2026-03-02", ACCOUNT),
        (None, "1.00", "银10", "2026-03-02", ACCOUNT),
        (two[0], "20000.01", two[2], two[3], ACCOUNT),
        one,
        (three[0], three[1], "银a", three[3], ACCOUNT),
        (three[0], three[1], "银b", three[3], ACCOUNT),
        ("付〔2026〕98号", "-5", "银11", "2026-03-02", ACCOUNT),
        ("付〔2026〕97号", "(500.00)", "银12", "2026-03-02", ACCOUNT),
        ("付〔2026〕96号", "0", "银13", "2026-03-02", ACCOUNT),
        ("付〔2026〕95号", "1.005", "银14", "2026-03-02", ACCOUNT),
        ("付〔2026〕94号", "1.00", "银15", "03/02/2026", ACCOUNT),
        ("付〔2026〕93号", "1.00", None, "2026-03-02", ACCOUNT),
    ]
    answer = _send(caller, _csv(lines))
    assert _outcomes(answer) == [
        "paid", "unmatched", "faulty", "amount_differs", "double", "double", "double", "faulty", "faulty", "faulty",
        "faulty", "faulty", "faulty",
    ]  # fmt: skip
    assert [line["row"] for line in answer.json["items"]] == list(range(2, 15))
    assert money.totals()["paid"] == WAN
    assert "第2行" in answer.json["items"][4]["said"]["zh"]
    assert answer.json["posted"] == _yuan("10000.00")


def test_account_state_day_and_voucher_must_be_right(caller: Caller, money: Treasury, orders: list[int]) -> None:
    """Another account, an order taken back, a day in the future, a voucher that was used: refused in words."""
    one, two, three = _lines(caller)
    wrong = _send(caller, _csv([(*one[:4], "6222000000000002")]))
    assert _outcomes(wrong) == ["account_differs"]
    assert _outcomes(_send(caller, _csv([(*one[:4], "6222 0000 0000 0001")]), query="?dry_run=1")) == ["ready"]
    future = _send(caller, _csv([(*one[:3], "2026-03-03", ACCOUNT)]))
    assert _outcomes(future) == ["refused"]
    assert "不晚于今天" in future.json["items"][0]["said"]["zh"]
    shared = _send(caller, _csv([(*one[:2], "银1", *one[3:]), (*two[:2], "银1", *two[3:])]))
    assert _outcomes(shared) == ["double", "double"]
    assert _outcomes(_send(caller, _csv([(*one[:2], "银1", *one[3:])]))) == ["paid"]
    used = _send(caller, _csv([(*two[:2], "银1", *two[3:])]), query="?dry_run=1")
    assert _outcomes(used) == ["refused"]
    assert _outcomes(_send(caller, _csv([(*one[:2], "银2", *one[3:])]))) == ["paid_otherwise"]
    money.do("fin1", orders[2], "return", reason="账号待核实")
    assert _outcomes(_send(caller, _csv([three]))) == ["not_waiting"]
    failed = _send(caller, _csv([(*two, "交易失败")], (*HEAD, "交易状态")))
    assert _outcomes(failed) == ["not_made"]
    assert _outcomes(_send(caller, _csv([(*two, "交易成功")], (*HEAD, "交易状态")))) == ["paid"]
    assert money.totals()["paid"] == 3 * WAN


@pytest.mark.usefixtures("orders")
def test_p53_yuan_and_ten_thousand_yuan(caller: Caller, money: Treasury) -> None:
    """P53: a head says 万元; without its word an amount off by 10,000 asks for a confirmation."""
    one, two, _ = _lines(caller)
    wan = (HEAD[0], "金额（万元）", *HEAD[2:])
    assert _outcomes(_send(caller, _csv([(one[0], "1", *one[2:])], wan), query="?dry_run=1")) == ["ready"]
    plain = _csv([(one[0], "1.00", *one[2:]), (two[0], "200000000", *two[2:])])
    assert _outcomes(_send(caller, plain)) == ["unit_unconfirmed"] * 2
    assert _outcomes(_send(caller, plain, query="?confirm=1")) == ["paid"] * 2
    assert money.totals()["paid"] == 3 * WAN


@pytest.mark.usefixtures("orders")
def test_whoever_asked_or_keeps_nothing_imports_nothing(caller: Caller, money: Treasury) -> None:
    """Staff without a fund: 403. Two people: who asked for the payment cannot be the one who pays."""
    content = _csv(_lines(caller))
    assert _send(caller, content, login="tra_staff").status_code == 403
    assert _send(caller, content, login="auditor").status_code == 403
    # A department that keeps no fund of its own sees nobody's orders.
    assert _outcomes(_send(caller, content, login="tra_head")) == ["unmatched"] * 3
    assert "paid" not in money.totals()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file_empty"), (b"a,b\n1,2\n", "missing_header"), ("支付令号,金额\n1,2\n".encode(), "missing_column"),
     (_csv([]), "no_rows"), (b"%PDF-1.7", "wrong_type"), (b"PK\x03\x04broken", "broken_workbook"),
     (_csv([("付1", "1", "v", "", "")] * 501), "too_many_rows"),
     (_csv([("付1", "1", "v", "", "")], ("支付令号", "金额", "凭证号", "金额", "账号")), "duplicate_column")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_whole(
    caller: Caller, money: Treasury, content: bytes, code: str
) -> None:
    """No header, no lines, another kind of file, a column twice: one sentence on the file, nothing posted."""
    answer = _send(caller, content)
    assert answer.status_code == 422, answer.text
    assert answer.json["faults"][0]["field"] == "file"
    assert answer.json["code"] == code or code in ("file_empty", "broken_workbook", "wrong_type"), answer.json["code"]
    assert "paid" not in money.totals()


@pytest.mark.usefixtures("orders")
def test_a_workbook_is_read_with_its_types(caller: Caller) -> None:
    """XLSX: numbers and dates as such; an account of 16 digits kept as a number has lost its last ones: faulty."""
    one, two, _ = _lines(caller)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("支付清单")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["某银行电子回单"])
    sheet.write_row(2, 0, HEAD)
    for line, (number, fen, account) in enumerate(((one[0], 10000, ACCOUNT), (two[0], 20000, 6222000000000001)), 3):
        sheet.write_row(line, 0, [number, fen, f"银{line}"])
        sheet.write_datetime(line, 3, date(2026, 3, 2), day)
        sheet.write(line, 4, account)
    book.close()
    answer = _send(caller, buffer.getvalue(), name="paid.xlsx")
    assert _outcomes(answer) == ["paid", "faulty"]
    assert [line["row"] for line in answer.json["items"]] == [4, 5]


@pytest.mark.usefixtures("orders")
def test_p57_two_people_who_import_the_same_list_at_once_pay_once(caller: Caller, money: Treasury) -> None:
    """P57: each order is paid by exactly one of them; the other is told why it was not."""
    content = _csv(_lines(caller))
    for login in ("fin1", "fin2"):
        caller.token(login)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda login: _send(caller, content, login=login), ("fin1", "fin2") * 2))
    by_line = zip(*map(_outcomes, answers), strict=True)
    assert [sorted(outcomes).count("paid") for outcomes in by_line] == [1, 1, 1]
    assert money.totals()["paid"] == 6 * WAN
    assert money.check().faults == []


def test_p57_the_same_payment_three_times_is_one(caller: Caller, money: Treasury, orders: list[int]) -> None:
    """P57: the same request thrice under one key is one payment; without a key the second is a conflict."""
    item, version = orders[0], caller.city.version(orders[0])
    body = {"fields": {"voucher": "银1"}}
    path, tag = f"/items/{item}/actions/pay", f'"{version}"'
    first = caller.post("fin2", path, body, If_Match=tag, Idempotency_Key="p57")
    assert first.status_code == 200, first.text
    for _ in range(2):
        assert caller.post("fin2", path, body, If_Match=tag, Idempotency_Key="p57").json == first.json
    assert caller.post("fin2", path, body, If_Match=tag).status_code in (409, 412)
    assert money.totals()["paid"] == WAN


@pytest.mark.usefixtures("orders")
def test_the_ledger_and_the_allocations_are_files_with_numbers(caller: Caller, money: Treasury) -> None:
    """XLSX and CSV: amounts are numbers, the unit stands in the head; a department gets its own part only."""
    place = f"/funds/{money.fund_id}/ledger"
    book = openpyxl.load_workbook(io.BytesIO(caller.get("auditor", f"{place}.xlsx?year=2026").data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert rows[0][3] == "金额（元）"
    assert (rows[1][0], rows[1][3]) == (1, 1_000_000)
    assert len(rows) == 8
    own = caller.get("tra_head", f"{place}.csv", Accept_Language="en").data.decode("utf-8-sig").splitlines()
    assert "Amount (CNY)" in own[0]
    assert len(own) == 7
    assert caller.get("auditor", f"{place}.pdf").status_code == 404
    listed = openpyxl.load_workbook(io.BytesIO(caller.get("fin1", "/allocations/export.xlsx").data))
    cells = list(listed.worksheets[0].iter_rows(values_only=True))
    assert [row[8] for row in cells[1:]] == [30000, 20000, 10000]
    assert caller.get("pol_head", "/allocations/export.csv").data.decode("utf-8-sig").count("\r\n") == 1
    acts = [row["action"] for row in caller.get("auditor", "/audit?limit=50").json["items"]]
    assert {"export_fund_ledger", "export_allocations"} <= set(acts)
