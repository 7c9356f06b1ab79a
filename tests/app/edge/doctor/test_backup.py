"""How old the last backup is: noted by the backup itself, forgotten by a restore, told wherever administrators look.

Issue "Operations and proof", part 6; and that the seal's delay begins when a row could be sealed (part 6 as well).
"""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from app.core.clock import FixedClock
from app.core.watch.finding import Finding
from app.edge.context import current_context
from app.edge.doctor.patient import Patient, look_at
from app.edge.doctor.safety import check_backup
from app.edge.doctor.table import CHEAP, examine
from app.edge.seal.passing import seal_log
from app.edge.watching.metrics import CACHE_SECONDS
from app.factory import create_app
from app.jobs.backup.restoring import restore
from app.models.alert import BackupMade
from app.models.record import Audit, Outbox
from app.queries.oversight.vitals import read_vitals
from app.services.backup.noting import Note, note_backup
from app.services.watching.alerting import keep_alerts
from tests.app.edge.watching.test_metrics import read
from tests.app.jobs.backup.staging import back_up, empty_place, fill, make_tools, opened, url_of
from tests.city import NOW, City
from tests.client import Caller, make_settings

HOUR = timedelta(hours=1)


def note(caller: Caller, taken_at: datetime, *, faults: int = 0) -> None:
    """Note a backup of a moment."""
    made = Note(taken_at, 1000, faults, "0" * 64)
    caller.context.database.write(lambda unit: note_backup(unit.connection(), made, taken_at))


def look(caller: Caller, **changes: Any) -> Finding:  # noqa: ANN401  # settings of any kind
    """Return what the check finds, in both languages with what mends it where it is not well."""
    context = replace(caller.context, settings=replace(caller.context.settings, **changes))
    (found,) = check_backup(look_at(context))
    assert found.said.zh
    assert (found.mend is None) == (found.state == "ok")
    assert found.mend is None or (found.mend.zh and found.mend.en)
    return found


def test_the_age_of_the_last_backup(caller: Caller, city: City) -> None:
    """None is a warning on the first day and no fault; older than a day is a warning, than three a fault."""
    assert city
    first = look(caller)
    assert (first.state, first.said.en[:34]) == ("warning", "There is no backup of this databas")
    for hours, state in ((1, "ok"), (26, "ok"), (27, "warning"), (78, "warning"), (79, "fault")):
        caller.clock.set(NOW + hours * HOUR)
        if hours == 1:
            note(caller, NOW)
        assert (hours, look(caller).state) == (hours, state)
    assert look(caller).said == look(caller).said
    assert (look(caller).said.zh, look(caller).said.en) == ("上次备份在3天以前", "The last backup is 3 days old")
    assert look(caller, backup_hours=100).state == "ok"
    assert look(caller, backup_hours=0).state == "ok"
    note(caller, NOW + 79 * HOUR, faults=2)
    assert (look(caller).state, look(caller).said.en) == ("warning", "The last backup lacks 2 files")
    note(caller, NOW - HOUR)  # one that began earlier and ended later is not the last one
    assert look(caller).said.en == "The last backup lacks 2 files"


def test_without_a_database_nothing_is_said(caller: Caller) -> None:
    """That it is away is another check's finding."""
    away = Patient(caller.context, NOW, "away", None)
    with pytest.raises(AssertionError):
        list(check_backup(away))
    assert "backup" in {one.check for one in examine(caller.context, CHEAP)}


def test_a_backup_is_noted_and_told(caller: Caller, tmp_path: Path) -> None:
    """The command notes it; 系统状况, the API, the doctor and the figures tell its age."""
    fill(caller.city, tmp_path)
    assert "lianban_last_backup_age_seconds" not in caller.client.get("/metrics").text
    status = caller.app.test_cli_runner().invoke(args=["backup", str(tmp_path / "a.lianban")]).exit_code
    assert status == 0
    caller.clock.set(NOW + 30 * HOUR)
    told = read(caller.client.get("/metrics").text)
    assert told["lianban_last_backup_age_seconds",] == timedelta(hours=30).total_seconds()
    findings = {one["check"]: one for one in caller.get("admin", "/health").get_json()["items"]}
    assert findings["backup"]["state"] == "warning"
    assert "30" in str(findings["backup"])
    doctor = caller.app.test_cli_runner().invoke(args=["doctor", "--lang", "en"])
    assert "The last backup is 30 hours old" in doctor.stdout
    assert timedelta(seconds=CACHE_SECONDS) < HOUR


def test_administrators_are_told_once(caller: Caller, city: City) -> None:
    """As of every check: a message to each administrator when it begins, none while it lasts, one when it ends."""

    def keep() -> int:
        findings, now = [look(caller)], caller.clock.now()
        caller.context.database.write(lambda unit: keep_alerts(unit, findings, now, now.date()))
        with city.database.reading() as unit:
            return len(unit.execute(select(Outbox.id).where(Outbox.topic.startswith("system."))).all())

    assert [keep(), keep()] == [1, 1]
    note(caller, NOW)
    assert [keep(), keep()] == [2, 2]


def test_a_backup_that_was_not_written_is_not_noted(caller: Caller, tmp_path: Path) -> None:
    """A file that is there is not written over, and nothing is noted."""
    fill(caller.city, tmp_path)
    path = tmp_path / "a.lianban"
    path.write_text("something else")
    assert caller.app.test_cli_runner().invoke(args=["backup", str(path)]).exit_code == 1
    with caller.context.database.reading() as unit:
        assert unit.execute(select(func.count()).select_from(BackupMade)).scalar_one() == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_city_knows_that_it_was_not_backed_up(caller: Caller, tmp_path: Path, kind: str) -> None:
    """The backup holds notes of those before it; they are of another database, so the restored one forgets them."""
    fill(caller.city, tmp_path)
    note(caller, NOW)
    back_up(caller.city.database, tmp_path, tmp_path / "a.lianban")
    assert look(caller).state == "ok"
    var = tmp_path / kind
    var.mkdir()
    with empty_place(kind) as new, opened(tmp_path / "a.lianban") as source:
        assert restore(make_tools(new, var), source).verdict.faults == ()
        app = create_app(make_settings(url_of(new), var), FixedClock(NOW))
        with app.app_context():
            found = {one.check: one for one in examine(current_context(), CHEAP)}
    assert (found["backup"].state, found["backup"].said.zh[:9]) == ("warning", "本数据库还没有备份")


def test_what_a_clock_of_the_past_wrote_has_not_waited_since_then(caller: Caller, city: City) -> None:
    """A row dated 445 days back that was written behind the last head waits since that head."""
    assert city
    long_ago = NOW - timedelta(days=445)

    def read_since() -> datetime | None:
        with caller.context.database.reading() as unit:
            return read_vitals(unit, caller.clock.now()).unsealed_since

    def write_row() -> None:
        row = {
            "action": "log_in",
            "outcome": "done",
            "occurred_at": long_ago,
            "recorded_at": long_ago,
            "source": "demo",
        }
        caller.context.database.write(lambda unit: unit.connection().execute(insert(Audit).values(**row)))

    write_row()
    assert read_since() == long_ago  # nothing was ever sealed: nobody knows better
    seal_log(caller.context, is_full=True)
    assert read_since() is None
    caller.clock.set(NOW + HOUR)
    write_row()
    assert read_since() == NOW
    seal_log(caller.context, is_full=True)
    assert read_since() is None
