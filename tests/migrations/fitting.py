"""What of a generated row is written by hand: values that must fit together in a way that no schema says."""

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from app.core.sealing import chosen_ring, seal_text
from app.services.template.shipped import read_shipped_templates
from app.services.upgrade import default_rules
from workflows.catalogue import WORKFLOWS
from workflows.machine import canonical, fingerprint
from workflows.template_writer import make_body

#: A value as the drivers of both databases take it: dates, instants and JSON as texts.
Value = int | str | bytes | bool | None
Row = dict[str, Value]


def _balance(serial: int, _kind: str) -> Row:
    """Return the sums of a fund's year: all of them together are zero, which no choice of single values finds."""
    others = ("carried_over_fen", "reserved_fen", "committed_fen", "paid_fen", "spent_fen", "returned_fen")
    return {"source_fen": -serial, "uncommitted_fen": serial, **dict.fromkeys(others, 0)}


def _prove(_serial: int, _kind: str) -> Row:
    """Return the proof of the tests' data key: with another nothing could be read, and nothing is served."""
    key = chosen_ring().ring.active
    return {"id": key.id, "algorithm": key.algorithm, "proof": seal_text("lianban", key, "data_key.proof", key.id)}


def _rule(serial: int, _kind: str) -> Row:
    """Return what a rule set says, which whoever reads an item reads; it holds no more, since it has no ladders."""
    return {"body": json.dumps(default_rules()), "effective_on": str(date(1990, 1, 1) + timedelta(days=serial))}


def _tell(_serial: int, _kind: str) -> Row:
    """Return when a rung comes, and whom it tells: both are words of the workflow tables."""
    return {"after": "workdays(2)", "to_role": "office"}


def _start(_serial: int, kind: str) -> Row:
    """Return where an item stands: in a state of its workflow."""
    table = WORKFLOWS[kind]
    return {"state": table.start.name, "workflow_version": table.version}


def _store(_serial: int, _kind: str) -> Row:
    """Return a workflow's text: whatever is stored is compiled when a process starts. This one needs no ladders."""
    body = WORKFLOWS["decision"].body()
    return {"body": canonical(body), "sha256": fingerprint(body)}


def _lend(_serial: int, _kind: str) -> Row:
    """Return what a delegation lends: lists of posts and kinds, which any list of delegations names."""
    return {"posts": "[]", "kinds": '["task"]'}


def _plan(_serial: int, _kind: str) -> Row:
    """Return what a planned report is: a kind that there is, languages, files, a rule for the day, an hour."""
    return {
        "kind": "progress",
        "languages": '["zh"]',
        "endings": '["pdf"]',
        "rule": "monthday:5;rest:next",
        "clock": "09:00",
    }


def _template(_serial: int, _kind: str) -> Row:
    """Return what a template says: whoever lists projects reads it whole."""
    return {"body": canonical(make_body(read_shipped_templates()[0]))}


def _warn(_serial: int, _kind: str) -> Row:
    """Return what an alert says in both languages, which the page of health shows."""
    return {"found": '{"said": {"zh": "有误。", "en": "Something is wrong."}}'}


def _meet(_serial: int, _kind: str) -> Row:
    """Return on which day the meetings of a series fall, a rule in words of its own."""
    return {"rule": "monthday:5;rest:next"}


#: What is written by hand, by table; given are the row's number and, of an item, its kind.
FITTING: Mapping[str, Callable[[int, str], Row]] = {
    "fund_year": _balance, "data_key": _prove, "rule_set": _rule, "ladder_rung": _tell, "items": _start,
    "workflow_version": _store, "delegation": _lend, "report_plan": _plan, "project_template": _template,
    "alert": _warn, "meeting_series": _meet,
}  # fmt: skip
#: Tables of which any database has one row at most, by the number of the revision that makes it.
ONCE = {"delivery_mark": 6, "data_key": 31}
#: Tables that say more of an item of one kind, by their kind.
KINDS = {
    "project": "project", "task": "task", "share": "share", "slip": "slip", "request": "request",
    "allocation": "allocation", "disbursement": "disbursement", "leadership_group": "leadership_group",
    "meeting": "meeting", "agenda_item": "agenda_item", "decision": "decision",
}  # fmt: skip
