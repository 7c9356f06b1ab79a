"""Webhooks by a real HTTP receiver on loopback: signed, tried again with the same body, never inside."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.core.webhook import AllowList, call, find_target
from app.models.item import Item
from app.models.message import DeliveryAttempt
from app.services.message.hook import add_webhook, disable_webhook, queue_test
from app.services.message.resending import resend
from app.services.message.sending import ATTEMPTS_MAX, PAUSES_MINUTES
from tests.city import NOW, City
from tests.messaging import INSIDE, add_hook, begin, calls, deliver_at, make_act, owe, read
from tests.outside import Receiver, serve_http


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a real HTTP receiver."""
    with serve_http() as found:
        yield found


def test_an_event_is_told_once_and_signed(city: City, receiver: Receiver) -> None:
    """One event owed to many people is one call; its signature is HMAC-SHA256 over timestamp.body."""
    hook = add_hook(city, receiver.url)
    begin(city)
    item_id = city.task(supports=("ENE",))
    for key in ("OFFICE", f"H:{city.departments['TRA']}", f"H:{city.departments['ENE']}"):
        owe(city, key, item_id=item_id, payload={"action": "assign", "reason": "不外传"})
    result = deliver_at(city, NOW, allow=INSIDE)
    assert (result.webhooks.sent, len(receiver.requests), hook) == (1, 1, 1)
    request = receiver.requests[0]
    signed = f"{request.headers['Lianban-Timestamp']}.{request.body}".encode()
    expected = hmac.new(b"a-secret-of-the-tests", signed, hashlib.sha256).hexdigest()
    assert request.headers["Lianban-Signature"] == expected
    body = json.loads(request.body)
    assert body["id"] == request.headers["Lianban-Delivery"]
    assert (body["topic"], body["item"]["id"], body["item"]["title"]) == (
        "task.assign",
        item_id,
        "主城区信号机数据对接",
    )
    assert "不外传" not in request.body


def test_a_filter_of_topics(city: City, receiver: Receiver) -> None:
    """A webhook is told of its topics alone; `task.*` takes in every step of tasks."""
    add_hook(city, receiver.url, "rung", "task.*")
    begin(city)
    for topic in ("rung", "task.assign", "project.approve"):
        owe(city, "OFFICE", topic, item_id=city.task(topic), payload={"level": 1, "cause": "due"})
    deliver_at(city, NOW, allow=INSIDE)
    assert {json.loads(request.body)["topic"] for request in receiver.requests} == {"rung", "task.assign"}


def test_a_confidential_item_is_named_by_id_and_topic(city: City, receiver: Receiver) -> None:
    """Nothing but id and topic of a confidential item leaves; one that became so before the call is not told."""
    add_hook(city, receiver.url)
    begin(city)
    owe(city, "LEADERSHIP", "rung", item_id=city.task("密", confidential=True), payload={"level": 2, "cause": "due"})
    deliver_at(city, NOW, allow=INSIDE)
    body = json.loads(receiver.requests[0].body)
    assert (list(body["item"]), body["data"]) == (["id"], {})
    later = city.task("后来保密")
    owe(city, "OFFICE", item_id=later)
    receiver.answers = [500]
    deliver_at(city, NOW, allow=INSIDE)
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == later).values(confidential=True))
    deliver_at(city, NOW + timedelta(minutes=1), allow=INSIDE)
    assert (len(receiver.requests), calls(city)[-1].status) == (2, "muted")


def test_p96_a_retry_has_the_same_id_and_body(city: City, receiver: Receiver) -> None:
    """P96: 500, then 200: same delivery id, same body; each attempt is on record, without the answer's body."""
    add_hook(city, receiver.url)
    begin(city)
    owe(city, "OFFICE", item_id=city.task())
    receiver.answers = [500]
    deliver_at(city, NOW, allow=INSIDE)
    assert calls(city)[0].next_at == NOW + timedelta(minutes=PAUSES_MINUTES[0])
    assert deliver_at(city, NOW + timedelta(seconds=30), allow=INSIDE).webhooks.again == 0
    deliver_at(city, NOW + timedelta(minutes=1), allow=INSIDE)
    first, second = receiver.requests
    assert first.body == second.body
    assert first.headers["Lianban-Delivery"] == second.headers["Lianban-Delivery"]
    attempts = read(city, select(DeliveryAttempt).order_by(DeliveryAttempt.id))
    assert [(row.outcome, row.code) for row in attempts] == [("again", 500), ("sent", 200)]
    assert all("nobody keeps" not in (row.error or "") for row in attempts)


def test_p96_a_slow_receiver_is_left_after_the_timeout(receiver: Receiver) -> None:
    """P96: a receiver that takes too long costs the timeout, whatever it does with the call."""
    receiver.answers = [2.0]
    answer = call(find_target(receiver.url, INSIDE), "{}", {}, timeout_seconds=0.3)
    assert (answer.status, answer.error) == (None, "timeout")
    assert 250 <= answer.duration_ms < 1500
    assert len(receiver.requests) == 1


def test_p96_attempts_are_limited(city: City, receiver: Receiver) -> None:
    """P96: pauses grow, and after the last attempt the delivery has failed."""
    add_hook(city, receiver.url)
    begin(city)
    owe(city, "OFFICE", item_id=city.task())
    receiver.answers = [503] * 20
    at = NOW
    for minutes in (0, *PAUSES_MINUTES):
        at += timedelta(minutes=minutes)
        begin(city, at)
        deliver_at(city, at, allow=INSIDE)
    assert (calls(city)[0].status, len(receiver.requests)) == ("failed", ATTEMPTS_MAX)


def press(city: City, now: datetime) -> int:
    """Press "send again" on the first delivery."""
    return city.database.write(lambda session: resend(make_act(session, city, now=now), "webhook", 1))


def test_p98_each_press_sends_the_same_delivery_once(city: City, receiver: Receiver) -> None:
    """P98: two presses are two calls with the first id and body, marked; a double click is one."""
    add_hook(city, receiver.url)
    begin(city)
    owe(city, "OFFICE", item_id=city.task())
    deliver_at(city, NOW, allow=INSIDE)
    for seconds in (60, 60.5, 70):
        press(city, NOW + timedelta(seconds=seconds))
    deliver_at(city, NOW + timedelta(minutes=2), allow=INSIDE)
    assert len(receiver.requests) == 3
    assert len({request.body for request in receiver.requests}) == 1
    assert [request.headers.get("Lianban-Resend") for request in receiver.requests] == [None, "manual", "manual"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://169.254.169.254/", "http://[::ffff:10.0.0.1]/", "http://0x7f000001/",
        "http://2130706433/", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_p99_an_inside_address_is_refused_at_sending(city: City, url: str) -> None:
    """P99: whatever stands in the table, no call goes inside; the administrator sees why."""
    add_hook(city, url)
    begin(city)
    owe(city, "OFFICE", item_id=city.task())
    result = deliver_at(city, NOW)
    assert (result.webhooks.failed, calls(city)[0].status) == (1, "failed")
    assert calls(city)[0].last_error


def test_p99_redirects_are_not_followed(city: City, receiver: Receiver) -> None:
    """P99: a 302 to an inside address is a failure; nobody calls that address."""
    add_hook(city, receiver.url)
    begin(city)
    owe(city, "OFFICE", item_id=city.task())
    with serve_http() as inside:
        receiver.answers = [inside.url]
        deliver_at(city, NOW, allow=AllowList.parse("127.0.0.1"))
        assert inside.requests == []
    assert calls(city)[0].last_error == "HTTP 302, redirects are not followed"


def test_a_failing_webhook_stops_no_other(city: City, receiver: Receiver) -> None:
    """One attempt a pass at a webhook that is away; the others get all that is theirs."""
    add_hook(city, "http://127.0.0.1:1/")
    add_hook(city, receiver.url)
    begin(city)
    for number in range(4):
        owe(city, "OFFICE", item_id=city.task(f"任务{number}"))
    result = deliver_at(city, NOW, allow=INSIDE)
    assert (result.webhooks.sent, result.webhooks.again, len(receiver.requests)) == (4, 1, 4)
    assert sorted(row.attempts for row in calls(city)) == [0, 0, 0, 1, 1, 1, 1, 1]


def test_a_disabled_webhook_is_called_no_more(city: City, receiver: Receiver) -> None:
    """What is still owed is muted at once; a test call needs an active one."""
    hook = add_hook(city, receiver.url)
    begin(city)
    city.database.write(lambda session: queue_test(make_act(session, city), hook))
    city.database.write(lambda session: disable_webhook(make_act(session, city), hook))
    owe(city, "OFFICE", item_id=city.task())
    deliver_at(city, NOW, allow=INSIDE)
    assert (receiver.requests, [row.status for row in calls(city)]) == ([], ["muted"])


def test_a_secret_is_made_when_none_is_given(city: City) -> None:
    """The secret is shown once and is long enough."""
    _, secret = city.database.write(lambda session: add_webhook(make_act(session, city), "https://a.example/", ()))
    assert len(secret) >= 32
