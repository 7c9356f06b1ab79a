"""The judge of a fleet finds each kind of broken promise, and nothing in a city where all were kept."""

from email.message import EmailMessage

import pytest
from sqlalchemy import text

from app.core.mail import MailServer
from app.jobs.long_work import work_once
from app.services.long_work.kind import Outcome
from tests.app.jobs.long_works import ask_for, make_tools
from tests.city import NOW, City
from tests.fleet.calling import Books
from tests.fleet.judging import find_faults, is_settled
from tests.messaging import begin, deliver_at
from tests.outside import Postbox


@pytest.fixture
def books(city: City) -> Books:
    """Give the books of a task that was assigned and received, and of a work that was done."""
    begin(city)
    task = city.task()
    steps = []
    for login, action in (("office1", "assign"), ("tra_head", "receive")):
        city.do(login, task, action)
        steps.append((action, city.version(task)))
    work_id = ask_for(city)
    assert not is_settled(city.database)
    assert work_once(make_tools(city, lambda _running: Outcome()))
    deliver_at(city, NOW)
    assert is_settled(city.database)
    return Books(steps={task: steps}, works={"office1": [work_id]})


@pytest.fixture
def box() -> Postbox:
    """Give a server that took no mail."""
    return Postbox(MailServer("127.0.0.1", 1))


def test_where_all_was_kept_nothing_is_found(city: City, books: Books, box: Postbox) -> None:
    """A quiet life has no fault."""
    assert find_faults(city, books, box, 0) == []


def test_lost_and_doubled_steps_are_found(city: City, books: Books, box: Postbox) -> None:
    """A step that was promised and is not there; one that is there twice; one that nobody was promised."""
    ((task, steps),) = books.steps.items()
    for wrong in ([*steps, ("start", 4)], steps[:1], [steps[1], steps[0]]):
        found = find_faults(city, Books({task: wrong}, books.works), box, 0)
        assert any(fault.startswith((f"steps of task {task}", f"version of task {task}")) for fault in found)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("DELETE FROM message WHERE topic = 'task.assign'", "0 messages of its assignment"),
        ("UPDATE outbox SET status = 'pending' WHERE topic = 'work.done'", "owed still"),
        ("UPDATE long_work SET status = 'waiting', finished_at = NULL", "waiting, try 1"),
        ("UPDATE outbox SET topic = 'other' WHERE topic = 'work.done'", "told 0 times"),
        ("DELETE FROM item_access", "access: "),
    ],
)
def test_harm_is_found(city: City, books: Books, box: Postbox, harm: str, said: str) -> None:
    """What a crash could leave behind in the database is named."""
    with city.database.writing() as session:
        session.execute(text(harm))
    assert any(said in fault for fault in find_faults(city, books, box, 0))


def test_works_and_mails_are_counted(city: City, books: Books, box: Postbox) -> None:
    """A work promised twice, one that is lost, a mail from nowhere; strange answers are told as they are."""
    work_id = books.works["office1"][0]
    mail = EmailMessage()
    mail["Message-ID"] = "<from-nowhere@city.example>"
    box.mails.append(("office1@city.example", mail))
    wrong = Books(books.steps, {"office1": [work_id, work_id, 999]}, strange=["odd"])
    found = find_faults(city, wrong, box, 0)
    assert {"odd", f"work {work_id} was promised twice", "work 999 is lost"} <= set(found)
    assert any("from-nowhere came and is not known" in fault for fault in found)
