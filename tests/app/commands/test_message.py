"""The commands of messages and webhooks."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.core.clock import FixedClock
from app.core.setting import SettingError
from app.edge.context import current_context
from app.factory import create_app
from config import read_settings
from tests.city import NOW, City
from tests.messaging import begin, calls, give_addresses, mails, outbox_statuses, owe
from tests.outside import Receiver, serve_http

Run = Callable[..., Result]


@pytest.fixture
def run(city: City, database_url: str, tmp_path: Path) -> Iterator[Run]:  # noqa: ARG001  # fills the database
    """Give a runner of commands on the city's database, the clock standing at NOW; loopback may be called."""
    settings = read_settings(
        {"LIANBAN_VAR": str(tmp_path), "LIANBAN_LOCALE": "en", "LIANBAN_SECRET_KEY": "k" * 40,
         "LIANBAN_WEBHOOK_ALLOW": "127.0.0.1"}
    )  # fmt: skip
    app: Flask = create_app(replace(settings, database_url=database_url), FixedClock(NOW))
    with app.app_context():
        engine = current_context().database.engine
    yield lambda *args: app.test_cli_runner().invoke(args=[str(arg) for arg in args])
    engine.dispose()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a real HTTP receiver."""
    with serve_http() as found:
        yield found


def test_deliver_prints_one_object(city: City, run: Run) -> None:
    """One pass, one JSON line with counts; --at without a zone is the city's time."""
    give_addresses(city, "office1")
    begin(city)
    owe(city, "OFFICE", "task.urge", item_id=city.task(), not_before=NOW + timedelta(minutes=30))
    assert json.loads(run("message", "deliver").output)["outbox"] == 0
    told = json.loads(run("message", "deliver", "--at", "2026-03-02T10:30").output)
    assert (told["at"], told["messages"], told["mails_queued"], told["mails"]["off"]) == (
        "2026-03-02T02:30:00+00:00", 3, 1, 1,
    )  # fmt: skip
    listed = run("message", "list", "--unsent").output.split("\t")
    assert listed[:2] == ["mail:1", "off"]
    assert run("message", "deliver", "--at", "soon").exit_code == 2


def test_resend_mute_and_held(city: City, run: Run) -> None:
    """A repetition by its printed id; what is old is muted; held ones are settled."""
    give_addresses(city, "office1")
    begin(city)
    owe(city, f"U:{city.people['office1']}", "task.urge", item_id=city.task())
    run("message", "deliver")
    assert run("message", "resend", "mail:1").output == "mail:2\n"
    assert run("message", "resend", "1").output == "mail:2\n"
    assert run("message", "resend", "fax:1").exit_code == 2
    assert run("message", "resend", "webhook:9").exit_code == 1
    assert "resend of 1" in run("message", "list").output
    owe(city, "OFFICE", item_id=city.task())
    told = json.loads(run("message", "mute", "--before", "2026-03-02T11:00").output)
    assert (told["outbox"], told["mails"], outbox_statuses(city)) == (1, 1, ["sent", "muted"])
    assert [row.status for row in mails(city)] == ["replaced", "muted"]
    assert run("message", "mute").exit_code == 2
    for decision in ("release", "mute"):
        assert json.loads(run("message", "held", decision).output) == {"mails": 0, "webhooks": 0}


def test_webhooks_by_command(city: City, run: Run, receiver: Receiver) -> None:
    """Added, listed, tested (status 1 when it is not taken), disabled; an inside address is refused with status 2."""
    assert run("webhook", "add", "http://10.0.0.1/").exit_code == 2
    added = run("webhook", "add", receiver.url, "--topic", "task.*")
    webhook_id, secret = added.output.split()
    assert len(secret) >= 32
    assert run("webhook", "list").output.split("\t") == [webhook_id, "active", receiver.url, "task.*\n"]
    assert (run("webhook", "test", webhook_id).output, len(receiver.requests)) == ("sent\n", 1)
    receiver.answers = [500]
    failed = run("webhook", "test", webhook_id)
    assert (failed.exit_code, failed.output) == (1, "queued\n")
    assert "HTTP 500" in run("message", "list", "--unsent").output
    assert run("webhook", "disable", webhook_id).exit_code == 0
    assert run("webhook", "test", webhook_id).exit_code == 1
    assert "disabled" in run("webhook", "list").output
    assert [row.status for row in calls(city)] == ["sent", "muted"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIANBAN_SMTP_URL", "http://mail.example"), ("LIANBAN_SMTP_URL", "smtp://u:secret@mail.example:x"),
        ("LIANBAN_MAIL_FROM", "not an address"), ("LIANBAN_BASE_URL", "lianban.example"),
        ("LIANBAN_WEBHOOK_ALLOW", "10.0.0.1/8"),
    ],
)  # fmt: skip
def test_bad_settings_stop_the_start(tmp_path: Path, name: str, value: str) -> None:
    """Each is named with what was expected, without the password."""
    with pytest.raises(SettingError, match=name) as refused:
        read_settings({"LIANBAN_VAR": str(tmp_path), "LIANBAN_SECRET_KEY": "k" * 40, name: value})
    assert "secret@" not in str(refused.value)


def test_a_mail_server_needs_a_sender(tmp_path: Path) -> None:
    """LIANBAN_SMTP_URL without LIANBAN_MAIL_FROM is refused; together they are read."""
    given = {"LIANBAN_VAR": str(tmp_path), "LIANBAN_SECRET_KEY": "k" * 40, "LIANBAN_SMTP_URL": "smtp://mail.example"}
    with pytest.raises(SettingError, match="LIANBAN_MAIL_FROM"):
        read_settings(given)
    found = read_settings({**given, "LIANBAN_MAIL_FROM": "a@b.example", "LIANBAN_BASE_URL": "https://l.example/"})
    assert (found.mail_server is not None, found.base_url) == (True, "https://l.example")
