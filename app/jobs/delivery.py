"""Delivers what is owed: the outbox into inboxes, then mails by SMTP and events to webhooks.

Any number of processes may be at it. Nobody is spoken to while a transaction is open: claim, send, record.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from app.core.mail import MailAnswer, Mailer, MailServerDownError
from app.core.webhook import UNKNOWN_HOST, TargetError, WebhookAnswer, call, find_target, sign
from app.jobs.queue import hand_delivery_over
from app.jobs.tools import Tools
from app.services.message.claiming import LEASE
from app.services.message.hook import Call, claim_calls, put_calls_back, record_call
from app.services.message.letter import Letter, write_letter
from app.services.message.mailing import MailClaim, claim_mails, put_mails_back, record_mail, switch_off
from app.services.message.restoring import begin_pass, end_pass
from app.services.message.telling import BATCH, Told, tell_batch
from app.services.queue.deferring import DELIVER, drop_waiting

#: What was claimed but not tried waits so long.
_LATER = timedelta(minutes=1)


@dataclass(slots=True)
class Sent:
    """What became of mails or of webhook deliveries in one pass; `again`: they failed for the time being."""

    sent: int = 0
    again: int = 0
    failed: int = 0
    muted: int = 0
    off: int = 0

    def count(self, status: str) -> None:
        """Count one by its new status."""
        match status:
            case "sent":
                self.sent += 1
            case "failed":
                self.failed += 1
            case _:
                self.again += 1


@dataclass(slots=True)
class DeliveryResult:
    """What one pass did; `held_before`: what is older waits for the administrator."""

    at: datetime
    told: Told = field(default_factory=Told)
    mails: Sent = field(default_factory=Sent)
    webhooks: Sent = field(default_factory=Sent)
    held_before: datetime | None = None
    was_stopped: bool = False


def deliver(tools: Tools, at: datetime, *, batch: int = BATCH) -> DeliveryResult:
    """Deliver what is owed by `at`, once; idempotent, and safe to kill at any moment."""
    result = DeliveryResult(at)
    database, now = tools.database, max(at, tools.clock.now())
    database.write(lambda session: drop_waiting(session.connection(), DELIVER))  # this pass is what they ask for
    result.held_before = database.write(lambda session: begin_pass(session, now))
    is_last = False
    while not is_last and not tools.stopped():
        told = database.write(partial(tell_batch, book=tools.book, at=at, hold_before=result.held_before, size=batch))
        result.told.add(told)
        is_last = told.is_last
    _send_mails(tools, at, result.mails)
    _make_calls(tools, at, result.webhooks)
    result.was_stopped = tools.stopped()
    if not result.was_stopped:
        database.write(lambda session: end_pass(session, now))
    return result


def _send_mails(tools: Tools, at: datetime, sent: Sent) -> None:
    server = tools.sending.server
    if server is None:
        sent.off += tools.database.write(lambda session: switch_off(session, at))
        return
    with Mailer(server) as mailer:
        while not tools.stopped():
            now = tools.clock.now()
            claimed = tools.database.write(partial(claim_mails, book=tools.book, at=at, now=now))
            sent.muted += claimed.muted
            if not claimed.taken or not _send_claimed(tools, at, mailer, claimed, sent):
                return


def _send_claimed(tools: Tools, at: datetime, mailer: Mailer, claimed: MailClaim, sent: Sent) -> bool:
    """Send what was claimed, each mail for itself; whether the server takes more."""
    deadline = time.monotonic() + LEASE.total_seconds() / 2
    for index, letter in enumerate(claimed.letters):
        is_up = not tools.stopped() and time.monotonic() < deadline
        if is_up:
            began = time.monotonic()
            answer, is_up = _hand_in(tools, mailer, letter)
            now, took = max(at, tools.clock.now()), round((time.monotonic() - began) * 1000)
            write = partial(
                record_mail, letter=letter, claim_name=claimed.name, answer=answer, now=now, duration_ms=took
            )
            sent.count(tools.database.write(write))
            rest = claimed.letters[index + 1 :]
        else:
            rest = claimed.letters[index:]
        if not is_up:
            next_at = max(at, tools.clock.now()) + _LATER
            give_back = partial(put_mails_back, letters=rest, claim_name=claimed.name, next_at=next_at)
            tools.database.write(give_back)
            return False
    return True


def _hand_in(tools: Tools, mailer: Mailer, letter: Letter) -> tuple[MailAnswer, bool]:
    """Hand in one mail; also whether the server is there at all."""
    sending = tools.sending
    try:
        message = write_letter(letter, sending, tools.book.zone, tools.clock.now())
    except ValueError as error:  # a name or address that no header can hold
        return MailAnswer("refused", None, f"cannot be written: {error}"), True
    try:
        return mailer.send(message, sending.mail_from, letter.address), True
    except MailServerDownError as error:
        return MailAnswer("again", None, str(error)), False


def _make_calls(tools: Tools, at: datetime, sent: Sent) -> None:
    """Make the calls that are due; a webhook that fails waits for the next pass with the rest of what it is owed."""
    failing: set[int] = set()
    while not tools.stopped():
        now = tools.clock.now()
        claimed = tools.database.write(partial(claim_calls, at=at, now=now, passing=sorted(failing)))
        sent.muted += claimed.muted
        if not claimed.taken:
            return
        for one in claimed.calls:
            if tools.stopped() or one.webhook_id in failing:
                next_at = max(at, tools.clock.now()) + _LATER
                give_back = partial(put_calls_back, calls=[one], claim_name=claimed.name, next_at=next_at)
                tools.database.write(give_back)
                continue
            status = _make_call(tools, at, claimed.name, one)
            sent.count(status)
            if status != "sent":
                failing.add(one.webhook_id)


def _make_call(tools: Tools, at: datetime, claim_name: str, one: Call) -> str:
    answer, is_refused = _call(tools, one)
    now = max(at, tools.clock.now())
    write = partial(record_call, made=one, claim_name=claim_name, answer=answer, now=now, is_refused=is_refused)
    return tools.database.write(write)


def deliver_one(tools: Tools, delivery_id: int) -> str:
    """Make one webhook delivery now; returns its new status, "sending" when another process is at it."""
    now = tools.clock.now()
    claimed = tools.database.write(partial(claim_calls, at=now, now=now, only=delivery_id))
    return _make_call(tools, now, claimed.name, claimed.calls[0]) if claimed.calls else "sending"


def _call(tools: Tools, one: Call) -> tuple[WebhookAnswer, bool]:
    """Make one call; also whether its address must not be called (case P99)."""
    try:
        target = find_target(one.url, tools.sending.allow)
    except TargetError as error:
        return WebhookAnswer(None, 0, error.sentence.en), error.sentence is not UNKNOWN_HOST
    timestamp = int(tools.clock.now().timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Lianban",
        "Lianban-Delivery": one.ref,
        "Lianban-Timestamp": str(timestamp),
        "Lianban-Signature": sign(one.secret, timestamp, one.body),
    }
    if one.is_manual:
        headers["Lianban-Resend"] = "manual"
    return call(target, one.body, headers), False


def deliver_job(tools: Tools, due_at: datetime) -> str:
    """Deliver what is owed by the instant to which the run belongs; returns what it did, for the table of runs.

    Where processes live that take jobs from the queue, the pass is theirs.
    """
    if hand_delivery_over(tools):
        return "left to the processes of flask worker"
    result = deliver(tools, due_at)
    held = f", held before {result.held_before.isoformat()}" if result.held_before else ""
    mails, hooks = result.mails, result.webhooks
    return (
        f"messages {result.told.messages}, muted {result.told.muted}, mails sent {mails.sent} again {mails.again} "
        f"failed {mails.failed}, webhooks sent {hooks.sent} again {hooks.again} failed {hooks.failed}{held}"
    )
