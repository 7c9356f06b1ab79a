"""Funds over HTTP: opened, given rules, entries on their years, reversed; who may, and what bad input gets."""

from typing import Any

import pytest

from app.schemas.fund import allocation as allocation_schema
from app.schemas.fund import fund as fund_schema
from app.services.fund import drafting, keeping
from tests.client import Caller
from tests.money import WAN, Treasury, add_finance

RULE = {"control": "stop", "surplus": "carry", "number_sign": "财专", "reason": "设立"}
FUND = {
    "code": "S1", "name": "智慧交通专项资金", "purpose": "联合项目", "source_document": "云财〔2026〕1号",
    "first_year": 2026, "last_year": 2028, **RULE,
}  # fmt: skip


def _faults(answer: Any) -> set[str]:  # noqa: ANN401  # an answer
    assert answer.status_code == 422, answer.text
    return {fault["field"] for fault in answer.json["faults"]}


def test_schema_limits_are_the_services_own() -> None:
    """What the description says of operations, goals and instalments is what the services hold to."""
    assert fund_schema.BUDGET_OPERATIONS == keeping.BUDGET_OPERATIONS
    assert allocation_schema.GOALS_MAX == drafting.GOALS_MAX
    assert allocation_schema.TRANCHES_MAX == drafting.TRANCHES_MAX


def test_a_fund_is_opened_filled_and_read(caller: Caller) -> None:
    """POST /funds, rules from a day on, an appropriation; every figure that is read is the ledger's."""
    add_finance(caller.city)
    made = caller.post("fin1", "/funds", FUND, Idempotency_Key="f1")
    assert made.status_code == 201, made.text
    place = made.headers["Location"].removeprefix("/api/v1")
    assert caller.post("fin1", "/funds", FUND, Idempotency_Key="f1").json == made.json
    posted = caller.post(
        "fin1", f"{place}/postings", {"operation": "appropriate", "amount": "1000000.00", "basis": "云财〔2026〕2号"}
    )
    assert posted.status_code == 201, posted.text
    assert (posted.json["seq"], posted.json["balances"]["free"], posted.json["balances"]["source"]) == (
        1, "1000000.00", "-1000000.00",
    )  # fmt: skip
    marked = {"operation": "earmark", "amount": 200000, "basis": "纪要", "earmark": "应急", "department": "TRA"}
    assert caller.post("fin_head", f"{place}/postings", marked).status_code == 201
    shown = caller.get("tra_staff", place).json
    assert shown["figures"]["now"] == {
        "source": "-1000000.00", "carried_over": "0.00", "free": "1000000.00", "reserved": "0.00",
        "committed": "0.00", "paid": "0.00", "spent": "0.00", "returned": "0.00",
    }  # fmt: skip
    assert [(one["name"], one["balance"]) for one in shown["earmarks"]] == [("应急", "200000.00")]
    assert shown["figures"]["execution"]["budget"] == "1000000.00"
    assert shown["figures"]["execution"]["rate_pct"] == 0.0
    assert "可用预算" in shown["figures"]["execution"]["denominator"]["zh"]
    assert [one["is_in_force"] for one in shown["rules"]] == [True]
    listed = caller.get("tra_staff", "/funds").json["items"]
    assert [(one["code"], one["figures"]["now"]["free"]) for one in listed] == [("S1", "1000000.00")]


def test_rules_and_extension_name_the_version(caller: Caller, money: Treasury) -> None:
    """If-Match: 428 without, 412 with an old one; the fund's ETag is the version."""
    place, rule = f"/funds/{money.fund_id}", {**RULE, "control": "free"}
    assert caller.post("fin1", f"{place}/rules", rule).status_code == 428
    tag = caller.get("fin1", place).headers["ETag"]
    assert caller.post("fin1", f"{place}/rules", rule, If_Match=tag).json == {"id": money.fund_id, "version": 2}
    assert caller.post("fin1", f"{place}/rules", rule, If_Match=tag).status_code == 412
    longer = {"last_year": 2031, "basis": "云财〔2026〕9号"}
    assert caller.post("fin1", f"{place}/extend", longer, If_Match='"2"').json["version"] == 3
    assert _faults(caller.post("fin1", f"{place}/extend", longer, If_Match='"3"')) == {"last_year"}
    shown = caller.get("fin1", place).json
    assert (shown["last_year"], [one["control"] for one in shown["rules"]]) == (2031, ["free", "stop"])


def test_only_keepers_write_and_who_sees_nothing_is_told_nothing(caller: Caller, money: Treasury) -> None:
    """403 for others; a posting of which one sees nothing is missing, like one that is not there."""
    place, entry = f"/funds/{money.fund_id}", {"operation": "cut", "amount": 1, "basis": "x"}
    for login in ("tra_head", "office1", "leader", "auditor"):
        assert caller.post(login, f"{place}/postings", entry).status_code == 403, login
    assert caller.get("admin", place).status_code == 403
    assert caller.post("fin1", "/funds/999/postings", entry).status_code == 404
    posting = caller.get("fin1", f"{place}/postings").json["items"][0]["id"]
    for login, status in (("tra_staff", 404), ("auditor", 403), ("office1", 403), ("fin1", 403)):
        answer = caller.post(login, f"/postings/{posting}/reverse", {"reason": "记错"})
        assert answer.status_code == status, (login, answer.text)
    assert caller.get("tra_staff", f"/postings/{posting}").status_code == 404
    assert caller.get("auditor", f"/postings/{posting}").json["amount"] == "1000000.00"
    assert caller.get("auditor", "/postings/999").status_code == 404


def test_a_reversal_names_what_it_reverses(caller: Caller, money: Treasury) -> None:
    """Another keeper reverses; once; the link stands on both sides."""
    posting = money.budget("supplement", WAN, by="fin1").id
    made = caller.post("fin2", f"/postings/{posting}/reverse", {"reason": "记错"})
    assert made.status_code == 201, made.text
    assert made.json["reverses_id"] == posting
    assert caller.post("fin2", f"/postings/{posting}/reverse", {"reason": "记错"}).status_code == 409
    assert caller.get("fin1", f"/postings/{posting}").json["reversed_by_id"] == made.json["id"]
    shown = caller.get("fin1", f"/postings/{made.json['id']}").json
    leg = shown["legs"][0]
    assert (leg["from"]["account"], leg["to"]["account"], leg["amount"]) == ("free", "source", "10000.00")


@pytest.mark.parametrize(
    "amount",
    ["-500", "0", "-0.00", "0.004", "1e18", "NaN", "Infinity", "1e3", "0x10", "1.2345678901", "", " ", "一百", -500, 0,
     0.004, 1e18, True, None, [], {}, "1000000000000000", "９９９９９９９９９９９９９９９９", "(500.00)", "－500"],
)  # fmt: skip
def test_p51_p52_what_is_no_amount_is_refused_and_posts_nothing(
    caller: Caller, money: Treasury, amount: object
) -> None:
    """P51, P52: negative, zero, fractions of a fen, too large, no number: 422 on the field, never a 500 or rounding."""
    entry = {"operation": "supplement", "amount": amount, "basis": "x", "confirm": True}
    answer = caller.post("fin1", f"/funds/{money.fund_id}/postings", entry)
    assert _faults(answer) == {"amount"}
    assert caller.get("fin1", f"/funds/{money.fund_id}/postings").json["items"][0]["seq"] == 1


@pytest.mark.parametrize(
    ("amount", "stored"),
    [(9.95, "9.95"), ("9.95", "9.95"), (0.29, "0.29"), (4.35, "4.35"), ("1.15", "1.15"), (1234567.89, "1234567.89"),
     ("999999.99", "999999.99"), ("99,999,999,999.99", "99999999999.99"), ("999999999999.99", "999999999999.99"),
     ("12.5万元", "125000.00"), ("￥1,000", "1000.00")],
)  # fmt: skip
def test_p49_p53_amounts_are_stored_to_the_fen(caller: Caller, amount: object, stored: str) -> None:
    """P49, P53: numbers and texts are the same fen on both databases; 元 and 万元 behind a number count."""
    add_finance(caller.city)
    place = caller.post("fin1", "/funds", FUND).headers["Location"].removeprefix("/api/v1")
    posted = caller.post("fin1", f"{place}/postings", {"operation": "appropriate", "amount": amount, "basis": "x"})
    assert posted.status_code == 201, posted.text
    assert posted.json["balances"]["free"] == stored


def test_p53_ten_thousand_times_the_years_money_must_be_confirmed(caller: Caller, money: Treasury) -> None:
    """P53: 元 taken for 万元 is asked about; confirmed, it is posted."""
    place = f"/funds/{money.fund_id}/postings"
    for amount in ("10000000000", "100.00"):
        entry = {"operation": "supplement", "amount": amount, "basis": "x"}
        refused = caller.post("fin1", place, entry)
        assert (refused.status_code, refused.json["code"]) == (422, "amount_unconfirmed")
        assert caller.post("fin1", place, {**entry, "confirm": True}).status_code == 201


def test_every_fault_of_a_new_fund_is_told_at_once(caller: Caller) -> None:
    """Wrong and missing fields together, each by its name; hostile text is text."""
    add_finance(caller.city)
    bad = {**FUND, "code": " ", "name": "", "first_year": 1999, "control": "maybe", "leaders_from": "-1", "more": 1}
    del bad["purpose"]
    assert _faults(caller.post("fin1", "/funds", bad)) == {
        "code", "name", "first_year", "control", "leaders_from", "more", "purpose",
    }  # fmt: skip
    assert _faults(caller.post("fin1", "/funds", {**FUND, "control": "warn"})) == {"exception_post"}
    assert _faults(caller.post("fin1", "/funds", {**FUND, "from_on": "2026-01-01"})) == {"from_on"}
    assert _faults(caller.post("fin1", "/funds", {**FUND, "department": "无此局"})) == {"department"}
    assert caller.post("fin1", "/funds", {**FUND, "department": "TRA"}).status_code == 403
    hostile = {**FUND, "name": "=cmd|'/c calc'!A1<script>"}
    assert caller.post("fin1", "/funds", hostile).status_code == 201
    assert caller.post("fin1", "/funds", FUND).status_code == 409
    assert caller.get("fin1", "/funds").json["items"][0]["name"] == hostile["name"]


def test_the_year_is_closed_fund_by_fund_once(caller: Caller, money: Treasury) -> None:
    """Preview, closing, closing again: nothing doubles; a year that still runs is a 409; others may only look."""
    assert caller.post("fin1", "/funds/year-end", {"year": 2026}).status_code == 409
    caller.pass_days(310)
    caller.renew_tokens()
    preview = caller.get("auditor", "/funds/year-end?year=2026").json
    assert [(one["outcome"], one["carried"]["free"]) for one in preview["items"]] == [("ready", "1000000.00")]
    assert caller.get("tra_staff", "/funds/year-end?year=2026").status_code == 403
    assert caller.post("office1", "/funds/year-end", {"year": 2026}).status_code == 403
    done = caller.post("fin1", "/funds/year-end", {"year": 2026}).json
    assert (done["is_done"], done["items"][0]["outcome"]) == (True, "closed")
    again = caller.post("fin1", "/funds/year-end", {"year": 2026}).json
    assert (again["is_done"], again["items"][0]["outcome"]) == (True, "closed_before")
    years = {one["year"]: one for one in caller.get("fin1", f"/funds/{money.fund_id}").json["years"]}
    assert (years[2026]["closing"]["free"], years[2026]["now"]["free"]) == ("1000000.00", "0.00")
    assert (years[2027]["opening"]["free"], years[2027]["opening"]["carried_over"]) == ("1000000.00", "-1000000.00")
    assert money.check().faults == []
