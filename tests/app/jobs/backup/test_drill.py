"""The drill: a backup while people work, restored elsewhere on each database, then everything is looked at."""

import threading
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import func, select

from app.core.clock import FixedClock
from app.core.database import Database
from app.edge.context import current_context
from app.edge.fund.printing import print_order
from app.factory import create_app
from app.jobs.backup.restoring import check_backup, restore
from app.jobs.delivery import deliver
from app.models.fund import FundEntry
from app.models.item import Item
from app.models.message import Mail, Message, WebhookDelivery
from app.models.organisation import AccessToken
from app.models.personal import WebSession
from app.models.record import Audit, History, Outbox
from app.services.organisation.token import issue_token
from tests.app.edge.paperwork.drawing import draw_plainly
from tests.app.jobs.backup.staging import (
    KINDS,
    SCAN,
    Kept,
    back_up,
    empty_place,
    fill,
    list_works,
    make_tools,
    opened,
    read_all,
    read_standing,
    url_of,
)
from tests.city import NOW, City
from tests.client import Caller, make_settings
from tests.messaging import make_act


class Writers:
    """People who go on working: each enters tasks and assigns them until they are told to stop."""

    def __init__(self, city: City) -> None:
        self._city, self._stop, self.done = city, threading.Event(), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        while not self._stop.is_set():
            self._city.do("office1", self._city.task(), "assign")
            self.done.release()

    def __enter__(self) -> Self:
        """Begin, and wait for the first act."""
        self._thread.start()
        self.done.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        """End after one more act, which no backup may have waited for."""
        self.done.acquire()
        self._stop.set()
        self._thread.join()


def print_paper(app: Any, login_id: int, order: int) -> bytes:  # noqa: ANN401  # an application
    """Return the bytes of an issued order of payment."""
    with app.test_request_context():
        return print_order(current_context(), login_id, order, "pdf", "zh", source="test").content


def look(app: Any, token: str, path: str) -> Any:  # noqa: ANN401  # JSON
    """GET a path of the API."""
    answer = app.test_client().get(f"/api/v1{path}", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.get_json()
    found = answer.get_json() if answer.mimetype == "application/json" else answer.data
    answer.close()
    return found


def make_token(database: Database, city: City) -> str:
    """Return a token of the office."""
    with database.writing() as session:
        return issue_token(make_act(session, city, "office1"), city.people["office1"], "drill").text


def test_a_city_comes_back(caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 9, part 4: taken while people write, restored on both databases; pages, papers and files are the same."""
    draw_plainly(monkeypatch, "order")
    city, old = caller.city, caller.city.database
    order = fill(city, tmp_path)
    paper = print_paper(caller.app, city.people["tra_staff"], order)
    with Writers(city):
        made = back_up(old, tmp_path, tmp_path / "a.lianban")
    token = make_token(old, city)
    assert (made.manifest.files, made.faults) == (3, {})  # the scan, the order in both languages
    kept = made.manifest.tables
    for kind in KINDS:
        var = tmp_path / kind
        var.mkdir()
        with empty_place(kind) as new, opened(tmp_path / "a.lianban") as source:
            done = restore(make_tools(new, var), source)
            assert (done.verdict.faults, done.checked.digest) == ((), made.digest)
            check_ended(old, new, made.manifest.tables["history"].rows)
            check_silence(new, var)
            app = create_app(make_settings(url_of(new), var), FixedClock(NOW))
            assert read_standing(app) == (200, "ok")
            mine = make_token(new, city)
            for path in ("/items?kind=project", "/funds", f"/items/{order}", f"/items/{order}/history"):
                assert look(app, mine, path) == look(caller.app, token, path)
            assert look(app, mine, "/attachments/1/content") == SCAN
            assert print_paper(app, city.people["tra_staff"], order) == paper
            assert len(read_all(new, Item)) == kept["items"].rows
            with new.writing() as session:
                assert issue_token(make_act(session, city), city.people["admin"], "x").text


def check_ended(old: Database, new: Database, history_rows: int) -> None:
    """Nothing that opened doors or ran goes on; what happened is word for word what it was."""
    assert all(ended for (ended,) in read_all(new, WebSession, WebSession.ended_at))
    assert all(revoked for (revoked,) in read_all(new, AccessToken, AccessToken.revoked_at))
    assert list_works(new) == ["cancelled"]
    assert list_works(old) == ["waiting"]
    assert read_all(new, History) == read_all(old, History)[:history_rows]
    assert read_all(new, FundEntry) == read_all(old, FundEntry)
    ours = read_all(new, Audit)
    assert ours[:-1] == read_all(old, Audit)[: len(ours) - 1]
    assert ours[-1][1] == "restore"
    last = select(History.to_state).where(History.item_id == Item.id).order_by(History.seq.desc()).limit(1)
    with new.reading() as session:
        torn = select(func.count()).select_from(Item).where(Item.state != last.scalar_subquery())
        assert session.execute(torn).scalar_one() == 0


def check_silence(new: Database, kept: Kept) -> None:
    """P22: what waited stands in the inboxes; no mail and no call goes out by itself."""
    assert {status for (status,) in read_all(new, Mail, Mail.status)} == {"held"}
    assert {status for (status,) in read_all(new, WebhookDelivery, WebhookDelivery.status)} == {"held"}
    assert read_all(new, Message)
    assert "pending" not in {status for (status,) in read_all(new, Outbox, Outbox.status)}
    result = deliver(make_tools(new, kept), NOW)
    assert (result.mails.sent, result.mails.off, result.webhooks.sent, result.told.messages) == (0, 0, 0, 0)


def test_two_backups_of_one_state_hold_the_same(city: City, tmp_path: Path) -> None:
    """On either database: the digest depends on the data alone, the time being the same."""
    fill(city, tmp_path)
    first = back_up(city.database, tmp_path, tmp_path / "a")
    second = back_up(city.database, tmp_path, tmp_path / "b")
    assert first.digest == second.digest
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
    with opened(tmp_path / "a") as source:
        assert check_backup(source).manifest == first.manifest
