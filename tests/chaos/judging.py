"""Judges a city after chaos: each promise against the tables, each file's bytes, the product's own checks."""

import hashlib
import json
import os
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from app.models.attachment import Attachment
from app.models.fund import FundAccount, FundEntry, FundPosting
from app.models.message import DeliveryAttempt, Mail, Message
from app.models.organisation import Person
from app.models.record import History, Idempotency
from app.models.remark import Remark
from app.services.message.sending import ATTEMPTS_MAX
from tests.city import City
from tests.fleet.calling import Books, Posting
from tests.fleet.driving import ROOT
from tests.fleet.judging import find_broken_promises
from tests.outside import Postbox

#: What a command of the product must say about a city that is whole: status 0.
CHECKS = ("fund check", "access check", "attachment check", "audit seal", "audit verify")
#: From which account to which an entry of one leg leads; what is out of a fund's own accounts comes from its source.
_LEGS = {
    "appropriate": ("source", "uncommitted"), "supplement": ("source", "uncommitted"),
    "reserve": ("uncommitted", "reserved"), "release": ("reserved", "uncommitted"),
    "commit": ("reserved", "committed"), "pay": ("committed", "paid"), "spend": ("paid", "spent"),
}  # fmt: skip
_COMMAND_SECONDS = 300


def find_faults(city: City, books: Books, box: Postbox, doubles: int) -> list[str]:
    """Return what is wrong in the tables and in the mails; `doubles`: how many mails may have come again unrecorded."""
    with city.database.reading() as session:
        connection = session.connection()
        return [
            *find_broken_promises(connection, city, books),
            *_money(connection, books),
            *_ledger(connection, books),
            *_uploads(connection, books),
            *_remarks(connection, city, books),
            *_keys(connection),
            *_mails(connection, box, doubles),
        ]


def find_wrong_bytes(books: Books, port: int, token: str) -> list[str]:
    """Read every file again from a server and compare its bytes with what was sent."""
    faults = []
    for one in books.uploads:
        request = urllib.request.Request(  # loopback
            f"http://127.0.0.1:{port}/api/v1/attachments/{one.attachment_id}/content",
            headers={"Authorization": f"Bearer {token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  # as above
                found = hashlib.sha256(answer.read()).hexdigest()
        except OSError as error:
            faults.append(f"file {one.attachment_id}: {error}")
            continue
        if found != one.sha256:
            faults.append(f"file {one.attachment_id}: other bytes than were sent")
    return faults


def run_checks(env: Mapping[str, str], checks: Sequence[str] = CHECKS) -> list[str]:
    """Run the product's own checks as its commands, each a process; what each says that does not end with 0."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("LIANBAN_")}
    done = subprocess.run(  # our own
        [sys.executable, "-m", "tests.chaos.checking", *checks], env={**outside, **env}, cwd=ROOT,
        stdout=subprocess.PIPE, text=True, timeout=_COMMAND_SECONDS, check=True,
    )  # fmt: skip
    found = [json.loads(line) for line in done.stdout.splitlines()]
    if [one["words"] for one in found] != list(checks):
        raise AssertionError(f"not every check was run: {found}")
    return [f"flask {one['words']}: {one['status']} {one['said']}"[:2000] for one in found if one["status"]]


def _money(connection: Connection, books: Books) -> list[str]:
    """Every step that was taken on an allocation or a payment stands in its history once, in order, and no other."""
    rows = connection.execute(
        select(History.item_id, History.action)
        .where(History.item_id.in_(books.money), History.acting_role != "system", History.from_state.is_not(None))
        .order_by(History.item_id, History.seq)
    )
    found: dict[int, list[str]] = {}
    for item_id, action in rows:
        found.setdefault(item_id, []).append(action)
    return [
        f"steps of {item}: promised {steps}, found {found.get(item)}"
        for item, steps in books.money.items()
        if found.get(item, []) != steps
    ]


def _ledger(connection: Connection, books: Books) -> list[str]:
    """Every posting is there once and no other; each account's kind holds what the promises add up to."""
    what = (FundPosting.id, FundPosting.operation, FundPosting.item_id, FundPosting.basis)
    rows = connection.execute(
        select(*what, func.sum(FundEntry.amount_fen))
        .outerjoin(FundEntry, FundEntry.posting_id == FundPosting.id)
        .group_by(*what)
    ).all()  # fmt: skip
    found = Counter(
        Posting(operation, int(fen or 0), item_id, basis if item_id is None else None)
        for _, operation, item_id, basis, fen in rows
    )
    promised = Counter(books.postings)
    faults = [f"posting lost: {one}" for one in (promised - found).elements()]
    faults += [f"posting not promised: {one}" for one in (found - promised).elements()]
    numbers = connection.execute(select(FundPosting.seq).order_by(FundPosting.seq)).scalars().all()
    if list(numbers) != list(range(1, len(numbers) + 1)):
        faults.append("the postings' numbers have gaps")
    owed: Counter[str] = Counter()
    for posting in books.postings:
        away, into = _LEGS[posting.operation]
        owed[away] -= posting.fen
        owed[into] += posting.fen
    held = dict(
        connection.execute(select(FundAccount.kind, func.sum(FundAccount.balance_fen)).group_by(FundAccount.kind)).all()
    )
    faults += [
        f"account {kind}: {held.get(kind, 0)} fen, promised {owed[kind]}"
        for kind in sorted({*held, *owed})
        if int(held.get(kind, 0)) != owed[kind]
    ]
    return faults


def _uploads(connection: Connection, books: Books) -> list[str]:
    """Every file that was taken in has its one row, and there is no other."""
    columns = (Attachment.id, Attachment.item_id, Attachment.name, Attachment.sha256)
    rows = connection.execute(select(*columns).where(Attachment.removed_at.is_(None)))
    found: Counter[tuple[Any, ...]] = Counter(tuple(row) for row in rows)
    promised: Counter[tuple[Any, ...]] = Counter(
        (one.attachment_id, one.item_id, one.name, one.sha256) for one in books.uploads
    )
    faults = [f"file lost: {one}" for one in (promised - found).elements()]
    return faults + [f"file not promised: {one}" for one in (found - promised).elements()]


def _remarks(connection: Connection, city: City, books: Books) -> list[str]:
    """Every remark is there once as it was written, and whom it names was told once."""
    rows = connection.execute(select(Remark.id, Remark.item_id, Remark.text))
    found: Counter[tuple[Any, ...]] = Counter(tuple(row) for row in rows)
    promised: Counter[tuple[Any, ...]] = Counter((one.remark_id, one.item_id, one.text) for one in books.said)
    faults = [f"remark lost: {one}" for one in (promised - found).elements()]
    faults += [f"remark not promised: {one}" for one in (found - promised).elements()]
    told = Counter(
        (payload.get("remark"), person)
        for payload, person in connection.execute(
            select(Message.payload, Message.person_id).where(Message.topic == "remark.mention")
        )
    )
    owed = Counter((one.remark_id, city.people[one.login]) for one in books.said)
    faults += [f"mention in remark {remark}: {told[remark, person]} messages" for remark, person in owed
               if told[remark, person] != 1]  # fmt: skip
    return faults + [f"mention not promised: {one}" for one in told.keys() - owed.keys()]


def _keys(connection: Connection) -> list[str]:
    """No key of a request stands there without its answer: it would be refused for ever."""
    left = connection.execute(select(Idempotency.key).where(Idempotency.answer.is_(None))).scalars().all()
    return [f"key {key} has no answer" for key in left]


def _mails(connection: Connection, box: Postbox, doubles: int) -> list[str]:
    """Every mail that was sent came, each copy recorded but for `doubles`; what failed was tried to the last."""
    rows = connection.execute(
        select(Mail.id, Mail.ref, Mail.status, Mail.attempts).join(Person, Person.id == Mail.person_id)
    ).all()
    sent = Counter(
        connection.execute(select(DeliveryAttempt.mail_id).where(DeliveryAttempt.outcome == "sent")).scalars()
    )  # fmt: skip
    came = Counter(str(mail["Message-ID"]).strip("<>").partition("@")[0] for _address, mail in box.mails)
    faults, unrecorded = [], 0
    for row in rows:
        copies = came.pop(row.ref, 0)
        unrecorded += max(0, copies - sent[row.id])
        if row.status == "sent" and (copies == 0 or sent[row.id] == 0):
            faults.append(f"mail {row.id} is sent: came {copies} times, recorded {sent[row.id]} times")
        given_up = row.status == "failed" and row.attempts >= ATTEMPTS_MAX
        if row.status not in ("sent", "muted") and not given_up:
            faults.append(f"mail {row.id} is not sent: {row.status} after {row.attempts} attempts")
        if sent[row.id] > copies:
            faults.append(f"mail {row.id} never came as often as it was sent: {copies} of {sent[row.id]}")
    faults += [f"mail {ref} came and is not known" for ref in came]
    if unrecorded > doubles:
        faults.append(f"{unrecorded} mails came unrecorded, {doubles} can have been cut off")
    return faults
