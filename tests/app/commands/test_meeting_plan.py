"""`flask meeting plan`: one JSON line, twice makes nothing twice, a month alone, what is no month is refused."""

import json

from tests.app.services.meeting_series.bench import found
from tests.city import City
from tests.client import Caller
from tests.meeting import Bench


def test_plan_prints_what_it_did(caller: Caller, city: City) -> None:
    """Planned, then existing; a month without a meeting is skipped with its reason."""
    series_id = found(Bench.found(city), every="2", anchor="2026-03")
    runner = caller.app.test_cli_runner()
    first = json.loads(runner.invoke(args=["meeting", "plan"]).stdout)
    assert (len(first["planned"]), first["existing"], first["skipped"]) == (1, [], [])
    again = json.loads(runner.invoke(args=["meeting", "plan"]).stdout)
    assert (again["planned"], again["existing"]) == ([], first["planned"])
    none = json.loads(runner.invoke(args=["meeting", "plan", "--month", "2026-04"]).stdout)
    assert none["skipped"] == [
        {"series": series_id, "month": "2026-04", "reason": "the series does not meet in this month"}
    ]
    assert runner.invoke(args=["meeting", "plan", "--month", "2026-13"]).exit_code == 2
