"""Mails by a real SMTP server on loopback: digest, what is critical, bad addresses, retries, repetitions."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.core.errors import ConflictError, InvalidError
from app.core.mail import MailServer
from app.models.item import Item
from app.models.message import DeliveryAttempt, MailLine
from app.models.organisation import Person
from app.policy.access import refresh
from app.queries.message import read_mail_choice
from app.services.message.claiming import LEASE
from app.services.message.inbox import set_mail_choice
from app.services.message.mailing import claim_mails
from app.services.message.resending import resend
from app.services.message.sending import ATTEMPTS_MAX, PAUSES_MINUTES
from app.services.organisation.person import keep_email
from tests.city import NOW, City
from tests.messaging import (
    FROM,
    address_of,
    begin,
    deliver_at,
    give_addresses,
    inbox,
    mails,
    make_act,
    owe,
    read,
)
from tests.outside import Postbox, serve_mail
from tests.sweeping import local, running_task, sweep

TUESDAY = local(2026, 3, 3, 9)


@pytest.fixture
def box() -> Iterator[Postbox]:
    """Give a real SMTP server."""
    with serve_mail() as found:
        yield found


def again(city: City, mail_id: int, now: datetime) -> int:
    """Press "send again"."""
    return city.database.write(lambda session: resend(make_act(session, city, now=now), "mail", mail_id))


def choose(city: City, login: str, choice: str, kinds: dict[str, str] | None = None) -> None:
    """Choose how mail comes."""
    city.database.write(lambda session: set_mail_choice(make_act(session, city, login), choice, kinds))


def test_a_digest_a_day_at_the_opening_of_work(city: City, box: Postbox) -> None:
    """Normal messages of a day are one mail at the next working day's opening; what comes later waits for the next."""
    give_addresses(city, "office1")
    begin(city)
    for number in range(3):
        owe(city, "OFFICE", item_id=city.task(f"任务{number}"))
    deliver_at(city, NOW, box.server)
    assert (box.mails, len(mails(city))) == ([], 1)
    deliver_at(city, TUESDAY, box.server)
    owe(city, "OFFICE", item_id=city.task("后来的"), at=TUESDAY)
    deliver_at(city, TUESDAY + timedelta(minutes=1), box.server)
    assert len(box.to(address_of("office1"))) == 1
    mail = box.to(address_of("office1"))[0]
    assert mail["Subject"].startswith("联办：3条消息，最急：")
    assert "https://lianban.example/items/" in box.text(address_of("office1"))
    assert "期限2026-04-01" in box.text(address_of("office1"))
    assert [row.status for row in mails(city)] == ["sent", "queued"]
    assert mails(city)[1].next_at == local(2026, 3, 4, 9)
    html = mail.get_body(("html",))
    assert html is not None
    assert "<ol>" in html.get_content()


def test_what_is_critical_goes_at_once_within_working_hours(city: City, box: Postbox) -> None:
    """Level 3 and urging do not wait for the digest, but for the opening of work; Friday evening: Monday 9:00."""
    give_addresses(city, "office1", "office2")
    begin(city)
    owe(city, "OFFICE", "task.urge", item_id=city.task(), payload={"reason": "请尽快"})
    deliver_at(city, NOW, box.server)
    assert sorted(to for to, _ in box.mails) == [address_of("office1"), address_of("office2")]
    assert "催办：请尽快" in box.text(address_of("office1"))
    friday = local(2026, 3, 6, 18)
    begin(city, friday)
    owe(city, "OFFICE", "rung", item_id=city.task("二"), at=friday, payload={"level": 3, "cause": "due"})
    deliver_at(city, friday, box.server)
    assert {row.next_at for row in mails(city) if row.status == "queued"} == {local(2026, 3, 9, 9)}
    deliver_at(city, local(2026, 3, 9, 9), box.server)
    assert box.to(address_of("office1"))[-1]["Subject"].startswith("联办：督办单——")


def test_a_kind_may_come_otherwise_than_the_rest(city: City, box: Postbox) -> None:
    """Issue 4 (9): each kind follows its own choice; what is critical comes all the same, and cannot be chosen."""
    give_addresses(city, "office1", "office2")
    begin(city)
    choose(city, "office1", "none", {"rung_low": "once"})
    choose(city, "office2", "once", {"rung_low": "none"})
    owe(city, "OFFICE", "rung", item_id=city.task(), payload={"level": 2, "cause": "due"})
    deliver_at(city, NOW, box.server)
    assert [to for to, _ in box.mails] == [address_of("office1")]
    owe(city, "OFFICE", item_id=city.task("二"))
    deliver_at(city, NOW + timedelta(minutes=1), box.server)
    assert [to for to, _ in box.mails[1:]] == [address_of("office2")]
    owe(city, "OFFICE", "rung", item_id=city.task("三"), payload={"level": 3, "cause": "due"})
    deliver_at(city, NOW + timedelta(minutes=2), box.server)
    assert sorted(to for to, _ in box.mails[2:]) == [address_of("office1"), address_of("office2")]
    with pytest.raises(InvalidError) as refused:
        choose(city, "office1", "weekly", {"rung_high": "none", "step": "never", "news": "none"})
    assert {fault.field for fault in refused.value.faults} == {"mail", "kinds.rung_high", "kinds.step", "kinds.news"}
    choose(city, "office1", "digest")
    with city.database.reading() as session:
        choice = read_mail_choice(session.connection(), city.people["office1"])
    assert (choice.mail, dict(choice.kinds)) == ("digest", {"rung_low": "once"})


def test_preferences_and_missing_addresses(city: City, box: Postbox) -> None:
    """None: only what is critical; at once: each; no address: the inbox alone."""
    give_addresses(city, "office1", "office2")
    begin(city)
    choose(city, "office1", "none")
    choose(city, "office2", "once")
    owe(city, "OFFICE", item_id=city.task())
    deliver_at(city, NOW, box.server)
    assert [to for to, _ in box.mails] == [address_of("office2")]
    owe(city, "OFFICE", "task.urge", item_id=city.task("二"))
    deliver_at(city, NOW + timedelta(minutes=1), box.server)
    assert sorted(to for to, _ in box.mails[1:]) == [address_of("office1"), address_of("office2")]
    assert len(inbox(city, "director")) == 2


def test_mail_is_in_the_persons_language_and_keeps_a_secret(city: City, box: Postbox) -> None:
    """English for who reads English; a confidential item is named without title and reason."""
    give_addresses(city, "tra_head")
    begin(city)
    with city.database.writing() as session:
        session.execute(update(Person).values(locale="en"))
    item_id = city.task("保密的题目", confidential=True)
    owe(city, f"H:{city.departments['TRA']}", "task.urge", item_id=item_id, payload={"reason": "内情"})
    deliver_at(city, NOW, box.server)
    text = box.text(address_of("tra_head"))
    assert "Dear " in text
    assert "Restricted item" in text
    assert "保密的题目" not in text + str(box.mails[0][1]["Subject"])
    assert "内情" not in text


def test_p24_what_is_done_between_queueing_and_sending_is_not_sent(city: City, box: Postbox) -> None:
    """P24: queued for the morning, finished in the night: the line is left out; nothing left: no mail."""
    give_addresses(city)
    item_id = running_task(city, due_on=date(2026, 3, 20))
    deliver_at(city, NOW, box.server)
    at = local(2026, 3, 17, 9)
    begin(city, at)
    deliver_at(city, at, box.server)
    box.mails.clear()
    sweep(city, at)
    deliver_at(city, at, box.server)
    waiting = [row for row in mails(city) if row.status == "queued"]
    assert waiting
    with city.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE episode SET ended_at = opened_at")
    deliver_at(city, local(2026, 3, 18, 9), box.server)
    assert box.mails == []
    assert {row.status for row in mails(city) if row.id in {one.id for one in waiting}} == {"muted"}
    assert {row.dropped for row in read(city, select(MailLine)) if row.mail_id == waiting[0].id} == {"answered"}
    assert item_id


def test_p12_who_lost_the_item_before_sending_gets_no_mail(city: City, box: Postbox) -> None:
    """P12: removed between queueing and sending: no mail with the item's content."""
    give_addresses(city, "ene_head")
    begin(city)
    item_id = city.task(supports=("ENE",))
    owe(city, f"H:{city.departments['ENE']}", item_id=item_id)
    deliver_at(city, NOW, box.server)
    with city.database.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM support")
        refresh(session.connection(), [item_id])
    result = deliver_at(city, TUESDAY, box.server)
    assert (box.mails, result.mails.muted) == ([], 1)
    assert read(city, select(MailLine.dropped))[0][0] == "unreadable"


def test_p27_one_bad_address_stops_nobody(city: City, box: Postbox) -> None:
    """P27: of five the second answers 550, the fourth cuts the connection: three are delivered.

    The second is failed, the fourth is tried again alone; the administrator sees both.
    """
    logins = ("office1", "office2", "tra_head", "ene_head", "pol_head")
    give_addresses(city, *logins)
    begin(city)
    item_id = city.task(supports=("ENE", "POL"))
    for number, login in enumerate(logins):
        owe(city, f"U:{city.people[login]}", "task.urge", item_id=item_id, at=NOW + timedelta(seconds=number))
    box.answers = {address_of("office2"): "550 no such user", address_of("ene_head"): "drop"}
    at = NOW + timedelta(minutes=1)
    result = deliver_at(city, at, box.server)
    assert (result.mails.sent, result.mails.failed, result.mails.again) == (3, 1, 1)
    by_person = {row.person_id: row for row in mails(city)}
    bad, dropped = by_person[city.people["office2"]], by_person[city.people["ene_head"]]
    assert (bad.status, bad.last_error) == ("failed", "no such user")
    assert (dropped.status, dropped.next_at) == ("queued", at + timedelta(minutes=PAUSES_MINUTES[0]))
    box.tried.clear()
    box.answers.clear()
    result = deliver_at(city, at + timedelta(minutes=1), box.server)
    assert (box.tried, result.mails.sent) == ([address_of("ene_head")], 1)
    attempts = read(city, select(DeliveryAttempt).where(DeliveryAttempt.mail_id == bad.id))
    assert [(row.outcome, row.code) for row in attempts] == [("refused", 550)]


def test_retries_pause_longer_and_end(city: City, box: Postbox) -> None:
    """4xx: again after 1, 5, 30, 120, 480 minutes under the same Message-ID, then failed."""
    give_addresses(city, "office1")
    begin(city)
    owe(city, f"U:{city.people['office1']}", "task.urge", item_id=city.task())
    box.answers = {address_of("office1"): "451 later"}
    at = NOW
    for minutes in (*PAUSES_MINUTES, None):
        begin(city, at)
        deliver_at(city, at, box.server)
        row = mails(city)[0]
        if minutes is not None:
            assert (row.status, row.next_at) == ("queued", at + timedelta(minutes=minutes))
            assert deliver_at(city, row.next_at - timedelta(seconds=1), box.server).mails.again == 0
            at = row.next_at
    assert (mails(city)[0].status, mails(city)[0].attempts) == ("failed", ATTEMPTS_MAX)
    assert len(box.tried) == ATTEMPTS_MAX


def test_a_server_that_is_away_costs_one_attempt(city: City) -> None:
    """Nobody listens: the first mail is tried, the others wait untouched; the pass ends."""
    give_addresses(city, "office1", "office2", "director")
    begin(city)
    owe(city, "OFFICE", "task.urge", item_id=city.task())
    result = deliver_at(city, NOW, MailServer("127.0.0.1", 1))
    assert (result.mails.sent, result.mails.again) == (0, 1)
    assert sorted(row.attempts for row in mails(city)) == [0, 0, 1]
    assert {row.status for row in mails(city)} == {"queued"}


def test_without_a_server_mail_is_off(city: City, box: Postbox) -> None:
    """No LIANBAN_SMTP_URL: what is due is written down as off, which is no error; it can be sent later by hand."""
    give_addresses(city, "office1")
    begin(city)
    owe(city, f"U:{city.people['office1']}", "task.urge", item_id=city.task())
    result = deliver_at(city, NOW)
    assert (result.mails.off, mails(city)[0].status, mails(city)[0].last_error) == (1, "off", None)
    deliver_at(city, NOW + timedelta(minutes=1), box.server)
    assert box.mails == []
    again(city, mails(city)[0].id, NOW + timedelta(minutes=2))
    deliver_at(city, NOW + timedelta(minutes=2), box.server)
    assert len(box.mails) == 1


def test_p98_each_press_sends_once(city: City, box: Postbox) -> None:
    """P98: two presses, two mails, marked as repetitions; a double click inside a second is one."""
    give_addresses(city, "office1")
    begin(city)
    owe(city, f"U:{city.people['office1']}", "task.urge", item_id=city.task())
    deliver_at(city, NOW, box.server)
    first = mails(city)[0].id
    at = NOW + timedelta(minutes=1)
    pressed = [again(city, first, at + timedelta(seconds=pause)) for pause in (0, 0.4, 5)]
    assert pressed[0] == pressed[1] != pressed[2]
    deliver_at(city, at + timedelta(minutes=1), box.server)
    assert len(box.to(address_of("office1"))) == 3
    subjects = [mail["Subject"] for mail in box.to(address_of("office1"))]
    assert [subject.startswith("（重发）") for subject in subjects] == [False, True, True]
    assert len({mail["Message-ID"] for mail in box.to(address_of("office1"))}) == 3
    assert {row.is_manual for row in read(city, select(DeliveryAttempt))} == {False, True}


def test_p98_a_failed_mail_is_sent_again_by_each_press(city: City, box: Postbox) -> None:
    """P98: what failed is replaced by its repetition; a second press later sends once more."""
    give_addresses(city, "office1")
    begin(city)
    owe(city, f"U:{city.people['office1']}", "task.urge", item_id=city.task())
    box.answers = {address_of("office1"): "550 gone"}
    deliver_at(city, NOW, box.server)
    box.answers.clear()
    for minutes in (1, 2):
        again(city, mails(city)[0].id, NOW + timedelta(minutes=minutes))
        deliver_at(city, NOW + timedelta(minutes=minutes), box.server)
    assert len(box.mails) == 2
    assert [row.status for row in mails(city)] == ["replaced", "sent", "sent"]


def test_a_claim_of_a_killed_process_is_taken_again(city: City, box: Postbox) -> None:
    """Killed between claiming and sending: after the lease the mail goes out, under the same Message-ID."""
    give_addresses(city, "office1")
    begin(city)
    owe(city, f"U:{city.people['office1']}", "task.urge", item_id=city.task())
    deliver_at(city, NOW - timedelta(days=1), box.server)
    deliver_at(city, NOW, MailServer("127.0.0.1", 1))
    at = NOW + timedelta(minutes=1)
    killed = city.database.write(lambda session: claim_mails(session, city.book, at, at))
    assert len(killed.letters) == 1
    assert deliver_at(city, at + LEASE / 2, box.server).mails.sent == 0
    with pytest.raises(ConflictError):
        again(city, killed.letters[0].mail_id, at)
    assert deliver_at(city, at + LEASE + timedelta(seconds=1), box.server).mails.sent == 1
    assert box.mails[0][1]["Message-ID"] == f"<{killed.letters[0].ref}@{FROM.partition('@')[2]}>"


def test_a_claim_of_a_clock_that_was_ahead_is_taken_again(city: City, box: Postbox) -> None:
    """Claimed by a clock that was six hours ahead, its process killed: nobody waits six hours for the mail."""
    give_addresses(city, "office1")
    begin(city)
    owe(city, f"U:{city.people['office1']}", "task.urge", item_id=city.task())
    deliver_at(city, NOW - timedelta(days=1), box.server)
    ahead = NOW + timedelta(hours=6)
    deliver_at(city, NOW, MailServer("127.0.0.1", 1))
    assert len(city.database.write(lambda session: claim_mails(session, city.book, ahead, ahead)).letters) == 1
    assert deliver_at(city, NOW + timedelta(minutes=1), box.server).mails.sent == 1


def test_an_odd_address_fails_alone(city: City, box: Postbox) -> None:
    """An address that is none, or that would smuggle a header in, is refused before the server sees it."""
    give_addresses(city, "office1", "office2")
    begin(city)
    with city.database.writing() as session:
        keep_email(session.connection(), city.people["office1"], "a@b.example\r\nBcc: c@d.example")
    owe(city, "OFFICE", "task.urge", item_id=city.task("标题\n换行"))
    result = deliver_at(city, NOW, box.server)
    assert (result.mails.sent, result.mails.failed) == (1, 1)
    assert box.tried == [address_of("office2")]
    assert read(city, select(Item.title))
