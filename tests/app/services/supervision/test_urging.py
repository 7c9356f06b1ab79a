"""Urging: limited, logged, to everybody who is waited for; by telephone or a visit it is put on record."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.errors import ConflictError, ForbiddenError, InvalidError
from app.models.record import History
from app.services.recording import Acting
from app.services.rules import set_rule
from tests.app.services.supervision.asking import one, told
from tests.city import NOW, City
from tests.sweeping import assigned_task, local, running_task


def urge(city: City, item_id: int, login: str = "office1", channel: str = "message", **more: object) -> None:
    """Urge as `login`."""
    now = more.pop("now", NOW)
    city.do(login, item_id, "urge", {"channel": channel, **more}, now=now)  # type: ignore[arg-type]


def test_whoever_is_waited_for_is_told(city: City) -> None:
    """Before receipt the lead department, then the assignee, then the office."""
    task = assigned_task(city)
    urge(city, task)
    assert told(city, task, "task.urge") == [f"S:{city.departments['TRA']}"]
    busy = running_task(city)
    urge(city, busy)
    assert told(city, busy, "task.urge") == [f"U:{city.people['tra_staff']}"]
    city.do("tra_staff", busy, "submit", {"evidence": "验收单"})
    urge(city, busy, "tra_head", now=NOW + timedelta(days=1))
    assert told(city, busy, "task.urge")[-1] == "OFFICE"


def test_in_a_round_of_signatures_only_who_has_not_signed(city: City) -> None:
    """A project under review waits for the supporters that have not co-signed."""
    project = city.project(supports=("ENE", "POL"))
    city.do("tra_head", project, "submit")
    city.do("ene_head", project, "sign", {"verdict": "agree"})
    urge(city, project)
    assert told(city, project, "project.urge") == [f"H:{city.departments['POL']}"]


def test_by_telephone_it_is_recorded_and_no_message_is_owed(city: City) -> None:
    """The history says who was spoken to and what was said."""
    task = running_task(city)
    urge(city, task, channel="phone", spoken_to="何局长", note="承诺周五前提交")
    assert told(city, task, "task.urge") == []
    row = one(city, select(History).where(History.item_id == task, History.action == "urge"))
    assert row.data == {"channel": "phone", "spoken_to": "何局长", "note": "承诺周五前提交"}


def test_once_a_day_and_again_the_next_day(city: City) -> None:
    """The city's day counts: 23:59 and 00:00 in Shanghai are two days."""
    task = running_task(city)
    urge(city, task, now=local(2026, 3, 3, 9))
    with pytest.raises(ConflictError) as caught:
        urge(city, task, "office2", channel="visit", now=local(2026, 3, 3, 23, 59))
    assert caught.value.code == "urged_already"
    urge(city, task, "office2", now=local(2026, 3, 4, 0, 0))


def test_the_limit_is_a_setting(city: City) -> None:
    """terms.urges_a_day holds for items that are entered after it."""
    with city.database.writing() as session:
        acting = Acting(city.people["admin"], "admin")
        set_rule(session, city.book, acting, NOW, key="terms.urges_a_day", value="2", from_on=None, note="",
                 apply_open=False, source="test")  # fmt: skip
    task = running_task(city)
    urge(city, task)
    urge(city, task)
    with pytest.raises(ConflictError):
        urge(city, task)


def test_urging_is_no_progress_and_wrong_input_is_named(city: City) -> None:
    """The idle clock goes on; an unknown way is refused; a supporter's staff may not urge."""
    task = running_task(city)
    before = one(city, select(History.occurred_at).where(History.item_id == task, History.action == "start"))
    urge(city, task, now=NOW + timedelta(hours=2))
    with city.database.reading() as session:
        progress = session.connection().exec_driver_sql(f"SELECT last_progress_at FROM items WHERE id = {task}")
        assert str(progress.scalar_one())[:16] == str(before[0])[:16]
    with pytest.raises(InvalidError) as caught:
        urge(city, task, channel="pigeon", now=NOW + timedelta(days=1))
    assert [fault.field for fault in caught.value.faults] == ["channel"]
    joint = assigned_task(city, supports=("WEA",))
    with pytest.raises(ForbiddenError):
        urge(city, joint, "wea_staff")
