"""The outbox into inboxes: who is told now, of what, once."""

from datetime import date, timedelta

from sqlalchemy import event, update

from app.models.item import Item
from app.models.organisation import Holding
from app.policy.access import refresh
from tests.city import NOW, City
from tests.messaging import begin, deliver_at, inbox, outbox_statuses, owe, told
from tests.sweeping import assigned_task, local, run_sql, running_task, sweep


def vacate(city: City, *logins: str) -> None:
    """End somebody's posts yesterday."""
    with city.database.writing() as session:
        for login in logins:
            statement = update(Holding).where(Holding.person_id == city.people[login])
            session.execute(statement.values(to_on=date(2026, 3, 1)))


def test_a_step_tells_whoever_holds_the_post_now(city: City) -> None:
    """DESIGN 4: a message is owed to a role and reaches its holders, one row a person, however often."""
    item_id = assigned_task(city)
    first = deliver_at(city, NOW)
    assert told(city) == ["tra_head"]
    assert (first.told.outbox, first.told.messages) == (1, 1)
    assert deliver_at(city, NOW).told.outbox == 0
    row = inbox(city, "tra_head")[0]
    assert (row.item_id, row.topic, row.read_at, outbox_statuses(city)) == (item_id, "task.assign", None, ["sent"])


def test_nothing_goes_before_its_time(city: City) -> None:
    """The outbox's not_before is kept."""
    owe(city, "OFFICE", not_before=NOW + timedelta(hours=1))
    assert deliver_at(city, NOW).told.outbox == 0
    assert deliver_at(city, NOW + timedelta(hours=1)).told.messages == 3


def test_a_vacancy_falls_to_the_head_the_director_the_office(city: City) -> None:
    """roles.resolve: H → the office's director → whoever holds an office post; who left is replaced by the head."""
    ene = city.departments["ENE"]
    owe(city, f"H:{ene}")
    owe(city, f"S:{ene}", at=NOW + timedelta(seconds=1))
    vacate(city, "ene_head", "ene_staff")
    deliver_at(city, NOW + timedelta(minutes=1))
    assert told(city) == ["director", "director"]
    vacate(city, "director")
    owe(city, f"H:{ene}", at=NOW + timedelta(minutes=2))
    deliver_at(city, NOW + timedelta(minutes=3))
    assert told(city) == ["director", "director", "office1", "office2"]


def test_bodies_and_single_people(city: City) -> None:
    """A role's name in capitals, U:<person>, and a key that nobody knows, which goes to the office."""
    owe(city, "LEADERSHIP")
    owe(city, f"U:{city.people['pol_head']}", at=NOW + timedelta(seconds=1))
    owe(city, "NOBODY_KNOWS", at=NOW + timedelta(seconds=2))
    deliver_at(city, NOW + timedelta(minutes=1))
    assert told(city) == ["director", "leader", "office1", "office2", "pol_head"]


def test_who_left_is_replaced_by_the_items_head(city: City) -> None:
    """A person's message that came too late reaches the head of the item's department."""
    item_id = running_task(city)
    deliver_at(city, NOW)
    before = told(city).count("tra_head")
    owe(city, f"U:{city.people['tra_staff2']}", item_id=item_id, at=NOW)
    run_sql(city, "UPDATE person SET is_active = :no WHERE id = :id", no=False, id=city.people["tra_staff2"])
    deliver_at(city, NOW)
    assert told(city).count("tra_head") == before + 1


def test_p12_who_may_no_longer_read_is_told_nothing(city: City) -> None:
    """P12: the department left the joint task between queueing and telling: no message; nobody left: muted."""
    item_id = city.task(supports=("ENE",))
    owe(city, f"H:{city.departments['ENE']}", item_id=item_id)
    with city.database.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM support")
        refresh(session.connection(), [item_id])
    deliver_at(city, NOW)
    assert (told(city), outbox_statuses(city)) == ([], ["muted"])


def test_p24_a_reminder_of_what_is_done_is_muted(city: City) -> None:
    """P24: the episode ended, or the item was closed, between queueing and telling; a notice still goes."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    deliver_at(city, NOW)
    begin(city, local(2026, 3, 17))
    sweep(city, local(2026, 3, 17))
    owe(city, "OFFICE", "task.urge", item_id=item_id, at=local(2026, 3, 17))
    owe(city, "OFFICE", "task.verify", item_id=item_id, at=local(2026, 3, 17))
    before = len(told(city))
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == item_id).values(closed_at=local(2026, 3, 17)))
        session.connection().exec_driver_sql("UPDATE episode SET ended_at = opened_at")
    result = deliver_at(city, local(2026, 3, 17, 10))
    assert (result.told.outbox, result.told.muted, result.told.messages) == (3, 2, 3)
    assert len(told(city)) == before + 3


def test_two_rungs_of_one_sweep_are_one_message(city: City) -> None:
    """One message a person tells of the highest and names the others; the person reads both levels in it."""
    item_id = running_task(city, due_on=date(2026, 3, 20))
    deliver_at(city, NOW)
    before = len(inbox(city, "tra_head"))
    at = local(2026, 5, 6)
    begin(city, at)
    sweep(city, at)
    run_sql(city, "UPDATE outbox SET recipient = :key WHERE topic = 'rung'", key=f"H:{city.departments['TRA']}")
    deliver_at(city, at)
    found = inbox(city, "tra_head")[before:]
    assert len(found) == 1
    causes = {rung["cause"] for rung in found[0].payload["rungs"]}
    levels = [rung["level"] for rung in found[0].payload["rungs"]]
    assert causes == {"due", "idle"}
    assert levels == sorted(levels, reverse=True)
    assert (found[0].level, found[0].item_id) == (levels[0], item_id)
    assert set(outbox_statuses(city)) == {"sent"}


def test_one_event_told_to_two_roles_is_one_message(city: City) -> None:
    """Who is told of one step in two capacities reads it once."""
    item_id = city.task()
    for key in (f"H:{city.departments['TRA']}", f"S:{city.departments['TRA']}"):
        owe(city, key, item_id=item_id)
    deliver_at(city, NOW)
    assert told(city) == ["tra_head", "tra_staff", "tra_staff2"]


def test_an_outage_is_named(city: City) -> None:
    """What the sweep says of an outage stays with the message."""
    owe(city, "OFFICE", "rung", payload={"level": 2, "cause": "due", "outage_since": "2026-03-01T00:00:00+00:00"})
    deliver_at(city, NOW)
    assert inbox(city, "office1")[0].payload["outage_since"] == "2026-03-01T00:00:00+00:00"


def test_batches_split_no_item_and_keep_the_order(city: City) -> None:
    """However small the batch, an item's rows are told together, in order."""
    tasks = [city.task(f"任务{number}") for number in range(3)]
    expected = []
    for round_number in range(4):
        for item_id in tasks:
            at = NOW + timedelta(seconds=round_number)
            expected.append(owe(city, "OFFICE", f"task.step{round_number}", item_id=item_id, at=at))
    result = deliver_at(city, NOW + timedelta(minutes=1), batch=1)
    assert result.told.messages == 36
    for item_id in tasks:
        topics = [row.topic for row in inbox(city, "office1") if row.item_id == item_id]
        assert topics == [f"task.step{number}" for number in range(4)]


def test_the_number_of_statements_does_not_grow(city: City) -> None:
    """Recipients are resolved once a batch, not once a row."""
    counts = []
    for many in (2, 40):
        for number in range(many):
            owe(city, f"S:{city.departments['TRA']}", item_id=city.task(f"{many}-{number}"))
        counts.append(_count(city))
    assert counts[1] <= counts[0]


def _count(city: City) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(city.database.engine, "before_cursor_execute", note)
    deliver_at(city, NOW)
    event.remove(city.database.engine, "before_cursor_execute", note)
    return len(seen)
