"""P22: after a restore or a long stop nothing old is sent, nothing is lost from sight."""

from datetime import timedelta

from sqlalchemy import select

from app.models.record import Audit
from app.services.message.resending import mute_held, release_held
from app.services.message.restoring import GAP, mute_before
from tests.city import NOW, City
from tests.messaging import (
    INSIDE,
    add_hook,
    address_of,
    begin,
    calls,
    deliver_at,
    give_addresses,
    inbox,
    mails,
    make_act,
    outbox_statuses,
    owe,
    read,
)
from tests.outside import serve_http, serve_mail

LATER = NOW + timedelta(days=5)


def test_p22_what_was_owed_before_is_muted_counted_and_audited(city: City) -> None:
    """P22: the switch "send nothing from before T": outbox, digest lines, mails, webhooks; later things stay."""
    give_addresses(city, "office1")
    add_hook(city, "http://127.0.0.1:1/", "task.told")
    begin(city)
    owe(city, "OFFICE", "task.told", item_id=city.task("早先的"))
    deliver_at(city, NOW)
    between = NOW + timedelta(hours=1)
    owe(city, "OFFICE", "task.other", item_id=city.task("后来的"), at=between + timedelta(minutes=1))
    deliver_at(city, between + timedelta(minutes=2))
    owe(city, "OFFICE", "task.late", item_id=city.task("尚未告知"), at=NOW)
    counts = city.database.write(lambda session: mute_before(make_act(session, city), between))
    assert counts == {"outbox": 1, "lines": 1, "mails": 0, "webhooks": 1}
    assert outbox_statuses(city) == ["sent", "sent", "muted"]
    with serve_mail() as box:
        deliver_at(city, NOW + timedelta(days=1), box.server, allow=INSIDE)
        assert "后来的" in box.text(address_of("office1"))
        assert "早先的" not in box.text(address_of("office1"))
    assert [row.after["outbox"] for row in read(city, select(Audit)) if row.action == "message.mute"] == [1]
    assert city.database.write(lambda session: mute_before(make_act(session, city), between))["outbox"] == 0


def test_p22_a_mail_with_nothing_left_is_muted(city: City) -> None:
    """P22: a whole digest from before the instant is not sent."""
    give_addresses(city, "office1")
    begin(city)
    owe(city, "OFFICE", item_id=city.task())
    deliver_at(city, NOW)
    later = NOW + timedelta(hours=1)
    counts = city.database.write(lambda session: mute_before(make_act(session, city), later))
    assert (counts["mails"], mails(city)[0].status) == (1, "muted")


def test_p22_after_a_long_stop_old_things_are_held(city: City) -> None:
    """P22: the last pass is three days ago: mails and calls from then wait, the inbox has them, new ones go."""
    give_addresses(city, "office1")
    with serve_mail() as box, serve_http() as receiver:
        add_hook(city, receiver.url)
        begin(city)
        owe(city, f"U:{city.people['office1']}", item_id=city.task("已入汇总"))
        deliver_at(city, NOW, box.server, INSIDE)
        receiver.requests.clear()
        owe(city, f"U:{city.people['office1']}", "task.urge", item_id=city.task("旧的"))
        owe(city, f"U:{city.people['office1']}", "task.urge", item_id=city.task("新的"), at=LATER)
        result = deliver_at(city, LATER, box.server, INSIDE)
        assert result.held_before == LATER - GAP
        assert len(inbox(city, "office1")) == 3
        assert [row.status for row in mails(city)] == ["held", "held", "queued"]
        assert [row.status for row in calls(city)] == ["sent", "held", "sent"]
        monday = NOW + timedelta(days=7)
        begin(city, monday)
        deliver_at(city, monday, box.server, INSIDE)
        assert len(box.mails) == 1
        released = city.database.write(lambda session: release_held(make_act(session, city, now=monday)))
        assert released == {"mails": 2, "webhooks": 1}
        deliver_at(city, monday, box.server, INSIDE)
        assert (len(box.mails), len(receiver.requests)) == (3, 2)


def test_p22_held_ones_can_be_muted(city: City) -> None:
    """The administrator decides against them: they are never sent."""
    give_addresses(city, "office1")
    owe(city, f"U:{city.people['office1']}", "task.urge", item_id=city.task())
    deliver_at(city, LATER)
    assert mails(city)[0].status == "held"
    assert city.database.write(lambda session: mute_held(make_act(session, city)))["mails"] == 1
    with serve_mail() as box:
        deliver_at(city, LATER + timedelta(days=1), box.server)
        assert box.mails == []


def test_a_short_stop_holds_nothing(city: City) -> None:
    """A weekend without the scheduler is no reason to ask anybody."""
    begin(city)
    assert deliver_at(city, NOW + timedelta(days=2)).held_before is None
