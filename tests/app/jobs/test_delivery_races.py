"""Many at once, killed and started again: nothing is lost, nothing doubled."""

import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.models.message import DeliveryAttempt, Mail, MailLine, Message, WebhookDelivery
from app.models.record import Outbox
from app.services.message.claiming import LEASE
from app.services.message.hook import claim_calls
from app.services.message.mailing import claim_mails
from app.services.message.telling import tell_batch
from tests.city import NOW, City
from tests.databases import SECRET_KEY, ring_path
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
    owe,
    read,
)
from tests.outside import Postbox, Receiver, serve_http, serve_mail
from tests.sweeping import local, running_task, sweep

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo
from app.core.clock import FixedClock
from app.core.database import Database, make_engine
from app.core.mail import MailServer
from app.core.ring import RingFile
from app.core.sealing import choose_ring
from app.core.webhook import AllowList
from app.jobs.delivery import deliver
from app.jobs.tools import Tools
from app.services.message.sending import Sending
from app.services.rulebook import Rulebook
from workflows.hours import Hours
url, at, port, batch = sys.argv[1], datetime.fromisoformat(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
choose_ring(RingFile(Path(sys.argv[5])), sys.argv[6])
sending = Sending(MailServer("127.0.0.1", port), "lianban@city.example", "https://l.example", "zh",
                  AllowList.parse("127.0.0.1"))
tools = Tools(Database(make_engine(url)), Rulebook(ZoneInfo("Asia/Shanghai"), Hours()), FixedClock(at), sending=sending)
print("ready", flush=True)
sys.stdin.readline()
print(deliver(tools, at, batch=batch).told.messages, flush=True)
"""


def start(url: str, at: object, box: Postbox, batch: int = 500) -> "subprocess.Popen[str]":
    """Start a process that delivers once a line comes."""
    arguments = [
        sys.executable,
        "-c",
        SCRIPT,
        url,
        str(at),
        str(box.server.port),
        str(batch),
        str(ring_path()),
        SECRET_KEY,
    ]
    return subprocess.Popen(arguments, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def go(processes: list["subprocess.Popen[str]"]) -> None:
    """Let all begin at one moment."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()


def test_p19_p25_four_processes_send_one_mail_and_make_one_call(city: City, database_url: str) -> None:
    """P19, P25: four processes deliver at once what two sweeps raised: one message, one mail, one call each."""
    give_addresses(city)
    item_id = running_task(city, due_on=date(2026, 3, 20))
    deliver_at(city, NOW)
    at = local(2026, 3, 31, 10)
    begin(city, at)
    sweep(city, at)
    sweep(city, at)
    with serve_mail() as box, serve_http() as receiver:
        add_hook(city, receiver.url, "rung")
        for number in range(20):
            owe(city, "OFFICE", "task.urge", item_id=city.task(f"任务{number}"), at=at)
        begin(city, at)
        processes = [start(database_url, at, box, 3) for _ in range(4)]
        go(processes)
        printed = [int(process.communicate(timeout=60)[0]) for process in processes]
        assert [process.returncode for process in processes] == [0] * 4
        _check_once(city, box, receiver, item_id)
    assert sum(printed) == len([row for row in read(city, select(Message)) if row.created_at == at])


def _check_once(city: City, box: Postbox, receiver: Receiver, item_id: int) -> None:
    keys = Counter((row.outbox_id, row.person_id) for row in read(city, select(Message)))
    assert set(keys.values()) == {1}
    lines = Counter(row.message_id for row in read(city, select(MailLine)))
    assert set(lines.values()) == {1}
    sent = Counter(row.ref for row in mails(city) if row.status == "sent")
    arrived = Counter(mail["Message-ID"].strip("<>").partition("@")[0] for _, mail in box.mails)
    assert arrived == sent
    assert {row.status for row in mails(city)} <= {"sent", "queued", "off"}
    rungs = [row for row in calls(city) if row.topic == "rung"]
    assert rungs
    assert len(receiver.requests) == len(rungs) == len({request.body for request in receiver.requests})
    assert len({row.person_id for row in read(city, select(Message)) if row.item_id == item_id}) >= 1
    assert {row.status for row in read(city, select(Outbox.status))} <= {"sent", "muted"}


def test_killed_in_the_middle_and_started_again(city: City, database_url: str) -> None:
    """A process is killed while it delivers; the next ones finish: no message lost or doubled, no mail lost.

    A mail that was on its way when the process died may arrive twice, under one Message-ID.
    """
    give_addresses(city, "office1")
    begin(city)
    for number in range(60):
        owe(city, "OFFICE", "task.urge", item_id=city.task(f"任务{number}"), at=NOW + timedelta(seconds=number))
    at = NOW + timedelta(minutes=5)
    with serve_mail() as box:
        for pause in (0.02, 0.1, 0.2):
            process = start(database_url, at, box, 2)
            go([process])
            time.sleep(pause)
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=30)
        deliver_at(city, at + LEASE + timedelta(minutes=1), box.server)
        for login in ("office1", "office2", "director"):
            assert len(inbox(city, login)) == len({row.outbox_id for row in inbox(city, login)}) == 60
        assert {row.status for row in mails(city)} == {"sent"}
        told = {row.message_id for row in read(city, select(MailLine))}
        assert told == {row.id for row in inbox(city, "office1")}
        arrived = {mail["Message-ID"] for mail in box.to(address_of("office1"))}
        assert len(arrived) == len(mails(city))


class _KilledError(Exception):
    """Stands for the end of a process in the middle of a unit of work."""


def _kill_in(city: City, work: Any) -> None:  # noqa: ANN401  # a unit's work
    def run(session: Any) -> None:  # noqa: ANN401  # a session
        work(session)
        raise _KilledError

    with pytest.raises(_KilledError):
        city.database.write(run)


STEPS = st.lists(
    st.tuples(st.sampled_from(["owe", "tell", "killed tell", "claim", "killed claim", "pass"]), st.integers(1, 4)),
    min_size=1, max_size=14,
)  # fmt: skip


def test_interleavings_lose_and_double_nothing(city: City) -> None:
    """Owing, telling, claiming, being killed, in any order: in the end each person has each event once, mailed once."""

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=STEPS)
    def play(steps: list[tuple[str, int]]) -> None:
        play_steps(city, steps)

    play()


def play_steps(city: City, steps: list[tuple[str, int]]) -> None:
    """Take the steps on an empty outbox, then deliver what is left and count."""
    with city.database.writing() as session:
        for table in (DeliveryAttempt, MailLine, WebhookDelivery, Mail, Message, Outbox):
            session.execute(delete(table))
    give_addresses(city, "office1")
    begin(city)
    items = [city.task(f"任务{number}") for number in range(3)]
    deliver_at(city, NOW)
    at, owed = NOW, 0
    with serve_mail() as box:
        for name, size in steps:
            at += timedelta(minutes=1)
            begin(city, at)
            match name:
                case "owe":
                    owe(city, "OFFICE", "task.urge", item_id=items[size % 3], at=at)
                    owed += 1
                case "tell":
                    city.database.write(partial(tell_batch, book=city.book, at=at, size=size))
                case "killed tell":
                    _kill_in(city, partial(tell_batch, book=city.book, at=at, size=size))
                case "claim":  # and never recorded
                    city.database.write(partial(claim_mails, book=city.book, at=at, now=at, limit=1))
                case "killed claim":
                    _kill_in(city, partial(claim_mails, book=city.book, at=at, now=at, limit=1))
                case _:
                    deliver_at(city, at, box.server, batch=size)
        at += LEASE + timedelta(minutes=1)
        begin(city, at)
        deliver_at(city, at, box.server)
        for login in ("office1", "office2", "director"):
            found = [row.outbox_id for row in inbox(city, login) if row.topic == "task.urge"]
            assert len(found) == len(set(found)) == owed
        assert len(read(city, select(MailLine))) == owed
        assert len(box.mails) == len(mails(city))
        assert len({mail["Message-ID"] for _, mail in box.mails}) == len(box.mails)


def test_a_call_of_a_killed_process_is_made_again(city: City) -> None:
    """The lease of a webhook delivery ends like a mail's; id and body are the first ones."""
    with serve_http() as receiver:
        add_hook(city, receiver.url)
        begin(city)
        owe(city, "OFFICE", item_id=city.task())
        city.database.write(lambda session: tell_batch(session, city.book, NOW))
        killed = city.database.write(lambda session: claim_calls(session, NOW, NOW))
        assert deliver_at(city, NOW + LEASE / 2, allow=INSIDE).webhooks.sent == 0
        assert deliver_at(city, NOW + LEASE + timedelta(seconds=1), allow=INSIDE).webhooks.sent == 1
        assert receiver.requests[0].body == killed.calls[0].body
