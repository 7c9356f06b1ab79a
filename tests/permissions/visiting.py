"""Asks a rule as a viewer, and tells the answer as a cell of the table and what was written meanwhile."""

import re
import shutil
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.engine import Connection

from tests.permissions.asking import ASKED, Asked, fill, make_key
from tests.permissions.classes import Cell
from tests.permissions.meetings.asking import MEETINGS
from tests.permissions.stage import FORM, Stage
from tests.permissions.viewers import OTHER, Case, Viewer

#: How each rule is asked that is not asked plainly.
ALL_ASKED = ASKED | MEETINGS
_SAFE = {"GET", "HEAD", "OPTIONS"}
_CONVERTER = re.compile(r"<(?:[^<>]*:)?(\w+)>")
_WRITE = re.compile(r"\b(?:INSERT(?: OR \w+)? INTO|UPDATE(?! SET)|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
_STATUSES = {200, 201, 202, 204, 302, 303, 304, 409, 412, 422, 428, 503}


def list_rules(app: Flask) -> dict[str, str]:
    """Return every method and address that the application answers, with its endpoint."""
    return {
        f"{method} {_CONVERTER.sub(r'{' + chr(92) + '1}', rule.rule)}": rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


@dataclass
class Watch:
    """Tables that were written and committed since `begin`; statements of units that were rolled back do not count."""

    pending: dict[int, list[str]] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)

    def listen(self, engine: Any) -> None:  # noqa: ANN401  # an engine
        """Begin to watch an engine."""
        event.listen(engine, "before_cursor_execute", self._note)
        event.listen(engine, "commit", self._keep)
        event.listen(engine, "rollback", self._drop)

    def take(self) -> set[str]:
        """Return what was written, and begin anew."""
        found, self.written = self.written, set()
        return found

    def _note(self, connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        found = _WRITE.findall(statement)
        if found:
            self.pending.setdefault(id(connection), []).extend(one.lower() for one in found)

    def _keep(self, connection: Connection) -> None:
        self.written |= set(self.pending.pop(id(connection), ()))

    def _drop(self, connection: Connection) -> None:
        self.pending.pop(id(connection), None)


@dataclass
class Visitor:
    """Asks as anybody on a stage; after a write the city is put back as it was."""

    stage: Stage
    watch: Watch = field(default_factory=Watch)
    path: Path | None = None

    def __post_init__(self) -> None:
        """Keep the city as it is now; only SQLite is put back."""
        self.watch.listen(self.stage.database.engine)
        url = self.stage.database.engine.url
        if url.get_backend_name() == "sqlite":
            self.path = Path(str(url.database))
            with self.stage.database.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(self.path, self.path.with_suffix(".kept"))

    def ask(self, rule: str, viewer: Viewer, case: Case = Case.ANY) -> "Answer":
        """Return what the rule answers a viewer."""
        method, _, path = rule.partition(" ")
        asked = ALL_ASKED.get(rule, Asked())
        ids = self.collect(viewer, case)
        address = fill(path, ids, asked.names)
        self.watch.take()
        response = self._send(method, address, asked, ids, viewer)
        answer = Answer(response.status_code, _judge(response), frozenset(self.watch.take()), response)
        response.close()
        return answer

    def collect(self, viewer: Viewer, case: Case) -> dict[str, Any]:
        """Return the ids that an address or a body may name."""
        stage, whose = self.stage, viewer.login if case is Case.OWN and viewer.login else OTHER
        things = stage.ids.get(case) or stage.ids[Case.ORDINARY]
        return {
            "kind": "task", "form": FORM, "ending": "csv", "year": 2026, "action": "suspend", "answer": "accept",
            "filename": "theme.css",
            "htmx_file": "htmx.min.js", "bootstrap_file": "css/bootstrap.min.css", "name": "swagger-ui.css",
            "delivery_kind": "webhook", "key": stage.own[whose]["feed_key"],
            "paper_ending": "pdf", "place": "opening", "reopen_action": "reopen",
            "leader_post_id": stage.city.posts["leader"],
            "me": stage.city.people.get(viewer.login), **stage.other, **things, **stage.own[whose],
        }  # fmt: skip

    def restore(self) -> None:
        """Put the city back."""
        if self.path is None:
            return
        self.stage.database.engine.dispose()
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        shutil.copy(self.path.with_suffix(".kept"), self.path)

    def count_allowed(self) -> int:
        """Return how many allowed acts are on record."""
        with self.stage.database.reading() as session:
            found: int = session.execute(text("SELECT count(*) FROM audit WHERE outcome <> 'refused'")).scalar_one()
        return found

    def _send(self, method: str, address: str, asked: Asked, ids: dict[str, Any], viewer: Viewer) -> Any:  # noqa: ANN401
        headers: dict[str, str] = {}
        sent: dict[str, Any] = {}
        if asked.query:
            sent["query_string"] = fill(asked.query, ids, None)
        if asked.json is not None:
            sent["json"] = asked.json(ids)
        form = {} if asked.form is None else {n.replace("__", "."): v for n, v in asked.form(ids).items()}
        is_api = address.startswith("/api/")
        if is_api:
            if viewer.login:
                headers["Authorization"] = f"Bearer {self.stage.tokens[viewer.login]}"
            if method != "GET":
                headers |= {"Idempotency-Key": make_key(), "If-Match": f'"{self._find_version(address, ids)}"'}
        else:
            cookie, token = self.stage.sessions[viewer.login]
            headers["Cookie"] = f"session={cookie}"
            if method != "GET":
                headers["X-CSRFToken"] = token
                form.setdefault("key", make_key())
        if asked.file is not None:
            form |= {"file": (BytesIO(asked.file[1]), asked.file[0]), "kind": "other"}
        if "json" not in sent and method != "GET" and (form or not is_api):
            sent["data"] = form
        client: FlaskClient = self.stage.app.test_client(use_cookies=False)
        return client.open(address, method=method, headers=headers, **sent)

    @staticmethod
    def _find_version(address: str, ids: dict[str, Any]) -> int:
        return int(ids["version"]) if "/items/" in address else 1


@dataclass(frozen=True)
class Answer:
    """A status, the cell that it stands for, the tables that were written."""

    status: int
    cell: str
    written: frozenset[str]
    response: Any

    @property
    def text(self) -> str:
        """The answer's text."""
        return str(self.response.get_data(as_text=True))


def _judge(response: Any) -> str:  # noqa: ANN401  # a response
    status = response.status_code
    if status == 401 or (status in (302, 303) and response.headers["Location"].startswith("/login")):
        return Cell.LOG_IN
    if status == 403:
        return Cell.REFUSED
    if status == 404:
        return Cell.MISSING
    return Cell.ALLOWED if status in _STATUSES else f"?{status}"
