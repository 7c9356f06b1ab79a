"""Stored rules that nothing would run stop the start."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from app.core.database import Database
from app.core.errors import UnavailableError
from app.edge.context import make_context
from app.edge.startup import Readiness, check_rules
from app.models.escalation import LadderRung
from app.models.rule import WorkflowVersion
from app.services.rule_check import find_unrun_rules
from app.services.rulebook import Rulebook
from tests.city import NOW, City
from tests.client import make_settings
from workflows.machine import canonical
from workflows.share import SHARE
from workflows.task import TASK

#: A version that this release does not have yet.
NEXT = SHARE.version + 1


def _faults(database: Database, book: Rulebook) -> list[str]:
    with database.reading() as session:
        found = find_unrun_rules(session.connection(), Rulebook(book.zone, book.hours), NOW.date())
        return [fault.en for fault in found]


def _store(database: Database, change: Any) -> None:  # noqa: ANN401  # changes a body in place
    with database.writing() as session:
        connection = session.connection()
        text = connection.execute(select(WorkflowVersion.body).where(WorkflowVersion.kind == "share")).scalar_one()
        body = json.loads(text) | {"version": NEXT}
        change(body)
        connection.execute(
            insert(WorkflowVersion).values(kind="share", version=NEXT, sha256="x", body=canonical(body), stored_at=NOW)
        )


def test_the_shipped_rules_are_all_run(city: City) -> None:
    """A fresh city: nothing to say."""
    assert _faults(city.database, city.book) == []


def test_a_clock_without_a_ladder_is_found(city: City) -> None:
    """A clock of a state whose ladder the newest rule set lacks would never rise."""
    with city.database.writing() as session:
        session.execute(delete(LadderRung).where(LadderRung.kind == "task", LadderRung.cause == "receipt"))
    said = f"workflow task {TASK.version}: clock receipt has no ladder in rule set 1"
    assert _faults(city.database, city.book) == [said]


def test_a_rung_that_tells_nobody_is_found(city: City) -> None:
    """A role that this release no longer has would fall to the office without a word."""
    with city.database.writing() as session:
        rung = (LadderRung.kind == "task", LadderRung.cause == "receipt", LadderRung.level == 1)
        session.execute(update(LadderRung).where(*rung).values(to_role="town_crier"))
    said = f"workflow task {TASK.version}: level 1 in rule set 1 tells an unknown role town_crier"
    assert _faults(city.database, city.book) == [said]


def test_an_unknown_effect_is_found(city: City) -> None:
    """An effect that this release does not register would silently not happen."""
    _store(city.database, lambda body: body["steps"][0].update(then=["send_pigeon"]))
    assert _faults(city.database, city.book) == [f"workflow share {NEXT}: unknown effect send_pigeon"]


def test_an_unknown_guard_is_found(city: City) -> None:
    """A guard that this release does not know would let everything pass."""
    _store(city.database, lambda body: body["steps"][0].update(only_if=["full_moon"]))
    assert _faults(city.database, city.book) == [f"workflow share {NEXT}: unknown guard full_moon"]


def test_a_database_without_rules_is_found(database: Database, book: Rulebook) -> None:
    """Nothing stored is a fault, not a city without rules."""
    with database.writing() as session:
        session.execute(delete(WorkflowVersion))
    assert _faults(database, book) == ["no rules are stored"]


def test_a_job_that_the_table_of_the_day_lacks_is_found(city: City, database_url: str, tmp_path: Path) -> None:
    """Ladders that no sweep raises would be silent."""
    context = make_context(make_settings(database_url, tmp_path))
    with city.database.reading() as session:
        check_rules(context, session.connection())
        with pytest.raises(UnavailableError, match="no job sweep"):
            check_rules(context, session.connection(), jobs=["upkeep"])
    context.database.engine.dispose()


def test_the_start_fails_with_the_rule_named(city: City, database_url: str, tmp_path: Path) -> None:
    """The factory refuses to make an application that would not run a rule."""
    _store(city.database, lambda body: body["steps"][0].update(then=["send_pigeon"]))
    context = make_context(make_settings(database_url, tmp_path))
    with pytest.raises(UnavailableError, match="send_pigeon"):
        Readiness(context).require()
    context.database.engine.dispose()
