"""Allocations and disbursements over HTTP: drafted, amended, listed, shown; money to the fen, readers respected."""

from typing import Any

from sqlalchemy import event

from tests.client import Caller
from tests.money import WAN, Treasury


def _draft(money: Treasury, project: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # a body's parts
    return {
        "project": project, "fund": money.fund_id, "title": "信号机升级", "purpose": "采购与实施", "need": "不能联网",
        "amount": "300000.00", "goals": [{"kind": "quantity", "indicator": "接入路口", "target": "120个"}], **more,
    }  # fmt: skip


def test_a_draft_is_told_what_is_free(caller: Caller, money: Treasury) -> None:
    """POST /allocations: one instalment when none is given; short of money it is a draft with a warning."""
    project = money.project()
    made = caller.post("tra_staff", "/allocations", _draft(money, project), Idempotency_Key="a1")
    assert made.status_code == 201, made.text
    assert (made.json["free"], made.json["missing"], made.json["warnings"]) == ("1000000.00", "0.00", [])
    assert caller.post("tra_staff", "/allocations", _draft(money, project), Idempotency_Key="a1").json == made.json
    short = caller.post("tra_staff", "/allocations", _draft(money, project, amount="1000000.01"))
    assert (short.json["missing"], short.json["control"]) == ("0.01", "stop")
    assert "不足0.01元" in short.json["warnings"][0]["zh"]
    shown = caller.get("tra_staff", f"/allocations/{made.json['id']}").json
    assert [(one["amount"], one["is_held"]) for one in shown["instalments"]] == [("300000.00", False)]
    assert (shown["requested"], shown["free"], shown["goals"][0]["target"]) == ("300000.00", "1000000.00", "120个")
    assert len(caller.get("tra_staff", "/allocations").json["items"]) == 2


def test_every_fault_of_a_draft_is_told_with_its_row(caller: Caller, money: Treasury) -> None:
    """goals[2].kind, instalments[1].amount: each fault names its row and field."""
    project = money.project()
    bad = _draft(
        money, project, amount="0.004", goals=[{"kind": "quantity", "indicator": "a", "target": "b"}, {"kind": "x"}, 3],
        instalments=[{"amount": "-1"}, {"amount": 5, "milestone": ""}],
    )  # fmt: skip
    answer = caller.post("tra_staff", "/allocations", bad)
    assert {fault["field"] for fault in answer.json["faults"]} == {
        "amount", "goals[2].kind", "goals[2].indicator", "goals[2].target", "goals[3]", "instalments[1].amount",
        "instalments[2].milestone",
    }  # fmt: skip
    off = caller.post("tra_staff", "/allocations", _draft(money, project, instalments=[{"amount": "299999.99"}]))
    assert [fault["field"] for fault in off.json["faults"]] == ["instalments"]
    assert "0.01" in off.json["faults"][0]["zh"]
    assert caller.post("pol_head", "/allocations", _draft(money, project)).status_code in (403, 404)
    assert caller.post("tra_staff", "/allocations", _draft(money, 9999)).status_code == 404


def test_p52_p53_a_draft_is_amended_in_parts(caller: Caller, money: Treasury) -> None:
    """PATCH: what is left out stays; If-Match; negative is 422; ten thousand times needs a confirmation."""
    item = money.draft(money.project(), 30 * WAN)
    place = f"/allocations/{item}"

    def patch(login: str, body: dict[str, Any], **headers: str) -> Any:  # noqa: ANN401  # an answer
        sent = {"Authorization": f"Bearer {caller.token(login)}"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return caller.client.patch(f"/api/v1{place}", json=body, headers=sent)

    tag = caller.get("tra_staff", place).headers["ETag"]
    assert patch("tra_staff", {"amount": "200000"}).status_code == 428
    assert patch("ene_head", {"amount": "200000"}, If_Match=tag).status_code in (403, 404)
    assert patch("fin1", {"amount": "200000"}, If_Match=tag).status_code == 403
    assert patch("tra_staff", {"amount": "-1"}, If_Match=tag).status_code == 422
    wild = patch("tra_staff", {"amount": "3000000000"}, If_Match=tag)
    assert (wild.status_code, wild.json["code"]) == (422, "amount_unconfirmed")
    done = patch("tra_staff", {"amount": "200000.10", "title": "信号机"}, If_Match=tag)
    assert done.status_code == 200, done.text
    shown = caller.get("tra_staff", place).json
    assert (shown["title"], shown["requested"], shown["purpose"]) == ("信号机", "200000.10", "采购与实施")
    assert [one["amount"] for one in shown["instalments"]] == ["200000.10"]
    assert patch("tra_staff", {"amount": "1"}, If_Match=tag).status_code == 412
    assert patch("tra_staff", {"amount": "3000000000", "confirm": True}, If_Match=done.headers["ETag"]).json["missing"]


def test_lists_filter_and_page_what_may_be_read(caller: Caller, money: Treasury) -> None:
    """Filters by fund, year, state, department, project; keyset; others read nothing of it."""
    first = money.allocated(10 * WAN)
    project = money.project("另一项目")
    second = money.draft(project, 20 * WAN)
    payment = money.paid(first)

    def ids(login: str, query: str) -> list[int]:
        return [row["id"] for row in caller.get(login, query).json["items"]]

    assert ids("fin1", "/allocations") == [second, first]
    for query, expected in (
        (f"fund={money.fund_id}", [second, first]), ("fund=99", []), ("year=2026", [second, first]), ("year=2025", []),
        ("state=allocated", [first]), ("state=open", [second, first]), (f"project={project}", [second]),
        ("department=TRA", [second, first]), ("department=ENE", []),
    ):  # fmt: skip
        assert ids("fin1", f"/allocations?{query}") == expected, query
    page = caller.get("fin1", "/allocations?limit=1").json
    assert ids("fin1", f"/allocations?limit=1&cursor={page['next_cursor']}") == [first]
    assert caller.get("fin1", "/allocations?cursor=broken").status_code == 422
    assert caller.get("fin1", "/allocations?department=nix").status_code == 422
    row = caller.get("fin1", "/disbursements").json["items"][0]
    assert (row["id"], row["amount"], row["held"], row["voucher"]) == (
        payment,
        "100000.00",
        "100000.00",
        f"记{payment}",
    )
    assert ids("fin1", f"/disbursements?allocation={first}&state=paid&year=2026&department=TRA") == [payment]
    assert ids("fin1", "/disbursements?state=checked") == []
    assert ids("pol_head", "/allocations") == ids("pol_head", "/disbursements") == []
    assert caller.get("pol_head", f"/allocations/{first}").status_code == 404
    assert caller.get("fin1", f"/allocations/{payment}").status_code == 404


def test_a_department_sees_its_own_money_and_its_own_part_of_the_ledger(caller: Caller, money: Treasury) -> None:
    """/my-department/money and the ledger: the own part for a department, all of it for an auditor."""
    payment = money.paid(money.allocated(10 * WAN))
    own = caller.get("tra_head", "/my-department/money").json
    assert [(one["fund_code"], one["balances"]["paid"]) for one in own["funds"]] == [("F1", "100000.00")]
    assert [(one["item_id"], one["held"]) for one in own["to_account_for"]] == [(payment, "100000.00")]
    assert caller.get("pol_head", "/my-department/money").json["funds"] == []
    place = f"/funds/{money.fund_id}/postings"
    assert [one["operation"] for one in caller.get("auditor", place).json["items"]] == [
        "pay", "commit", "reserve", "appropriate",
    ]  # fmt: skip
    assert [one["operation"] for one in caller.get("tra_head", place).json["items"]] == ["pay", "commit", "reserve"]
    assert caller.get("pol_head", place).json["items"] == []
    paid = caller.get("fin1", f"{place}?operation=pay&account=paid").json["items"][0]
    assert (paid["voucher"], paid["amount"], paid["moves"]) == (
        f"记{payment}", "100000.00", [{"from": "committed", "to": "paid", "amount": "100000.00"}],
    )  # fmt: skip
    page = caller.get("fin1", f"{place}?limit=3").json
    assert [one["seq"] for one in caller.get("fin1", f"{place}?cursor={page['next_cursor']}").json["items"]] == [1]
    detail = caller.get("tra_head", f"/funds/{money.fund_id}").json
    assert [(one["name"], one["balances"]["paid"]) for one in detail["departments"]] == [("交通局", "100000.00")]
    assert caller.get("pol_head", f"/funds/{money.fund_id}").json["departments"] == []


def test_lists_cost_the_same_statements_however_long(caller: Caller, money: Treasury) -> None:
    """No statement a row: as many for three allocations as for one."""
    counts = []
    for _ in range(3):
        money.paid(money.allocated(WAN))
        seen: list[str] = []

        def note(_c: object, _k: object, statement: str, *_rest: object, seen: list[str] = seen) -> None:
            seen.append(statement)

        engine = caller.context.database.engine
        event.listen(engine, "before_cursor_execute", note)
        for path in ("/allocations", "/disbursements", f"/funds/{money.fund_id}/postings", "/funds"):
            assert caller.get("fin1", path).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(seen))
    # The first round also looks up tokens and rules that are kept.
    assert counts[1] == counts[2]
