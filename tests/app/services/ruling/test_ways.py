"""By which way a rung tells: as each person has chosen, in the system only, or by mail whatever was chosen."""

import pytest
from sqlalchemy import func, select

from app.models.message import Mail, Message
from app.services.message.telling import tell_batch
from app.services.organisation.person import keep_email
from tests.app.services.ruling.making import change_rules
from tests.city import City
from tests.sweeping import assigned_task, local, sweep

#: The receipt is late; its reminder tells the lead department.
AT = local(2026, 3, 5, 10)


@pytest.mark.parametrize(("way", "kinds"), [("chosen", {"digest"}), ("inbox", set()), ("mail", {"once"})])
def test_a_rung_is_told_by_the_way_of_its_version(city: City, way: str, kinds: set[str]) -> None:
    """The message in the system there is always; the mail waits for the digest, is left out, or goes at once."""
    with city.database.writing() as session:
        keep_email(session.connection(), city.people["tra_staff"], "staff@example.gov")
    if way != "chosen":
        change_rules(city, {"task.receipt.1.by": way})
    assigned_task(city)
    sweep(city, AT)
    with city.database.writing() as session:
        tell_batch(session, city.book, AT)
    with city.database.reading() as session:
        told = select(func.count()).select_from(Message).where(Message.topic == "rung")
        assert session.execute(told.where(Message.person_id == city.people["tra_staff"])).scalar_one() == 1
        # What else was told by the assignment goes its own way.
        mails = session.execute(select(Mail.kind).where(Mail.person_id == city.people["tra_staff"])).scalars().all()
    assert set(mails) == kinds
