"""Requests that are asked again, under their one key, until somebody answers; and the books of what was answered."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

_TIMEOUT_SECONDS = 10
_PAUSE_SECONDS = 0.05
_ERRORS = 500
#: Another process holds the same request still, stopped in the middle perhaps: that is no answer to it.
_RUNNING = "request_running"
_BOUNDARY = "lianban-fleet-4f1c"


@dataclass(frozen=True, slots=True)
class Posting:
    """An entry of a fund's ledger as it was promised; `item_id` or, of a keeper's entry, `basis` tells it apart."""

    operation: str
    fen: int
    item_id: int | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was taken in: under which id, on which item, which bytes."""

    attachment_id: int
    item_id: int
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Said:
    """A remark that was taken in, and whom it names."""

    remark_id: int
    item_id: int
    text: str
    login: str


@dataclass
class Books:
    """What was promised: `steps` {task: [(action, version after it)]}, `works` the ids of works asked for."""

    steps: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    works: dict[str, list[int]] = field(default_factory=dict)
    #: {allocation or payment: the steps that people took on it}, and what they wrote into the ledger.
    money: dict[int, list[str]] = field(default_factory=dict)
    postings: list[Posting] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    #: When each answer came, by the machine's steady clock.
    answered: list[float] = field(default_factory=list)
    #: Requests that got no answer, and answers that had been given before.
    unanswered: int = 0
    replayed: int = 0
    #: Answers that were none: how many of each status from 500 on.
    broken: Counter[int] = field(default_factory=Counter)
    #: What should not have been answered so.
    strange: list[str] = field(default_factory=list)


class Calls:
    """Asks any of the servers as anybody who has a token; every thread may use it."""

    def __init__(self, ports: Sequence[int], tokens: dict[str, str]) -> None:
        self.books = Books()
        #: Set when whoever works is to end; what was asked is asked on until it is answered.
        self.stop = threading.Event()
        self._ports, self._tokens = ports, tokens
        self._keys = count(1)
        self._lock = threading.Lock()

    def number(self) -> int:
        """Return a number that nobody else gets."""
        return next(self._keys)

    def note(self, what: str) -> None:
        """Write down what should not have been answered so."""
        with self._lock:
            self.books.strange.append(what)

    def post(
        self, chance: random.Random, login: str, path: str, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """POST, again and again until somebody answers; with a key of its own where `headers` name none."""
        key = {"Idempotency-Key": f"fleet-{self.number()}"}
        given = {**key, **(headers or {}), "Content-Type": "application/json"}
        return self._ask(chance, login, "POST", path, json.dumps(body).encode(), given)

    def get(self, chance: random.Random, login: str, path: str) -> tuple[int, Any]:
        """GET until somebody answers."""
        return self._ask(chance, login, "GET", path, None, {})

    def upload(self, chance: random.Random, login: str, path: str, name: str, content: bytes) -> tuple[int, Any]:
        """POST a file with a key of its own, again and again until somebody answers."""
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()
        given = {
            "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}", "Idempotency-Key": f"fleet-{self.number()}"
        }  # fmt: skip
        return self._ask(chance, login, "POST", path, body, given)

    def _ask(
        self, chance: random.Random, login: str, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[int, Any]:
        given = {**headers, "Authorization": f"Bearer {self._tokens[login]}"}
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", chance.choice(self._ports), timeout=_TIMEOUT_SECONDS)
            status = 0
            try:
                connection.request(method, f"/api/v1{path}", body, given)
                response = connection.getresponse()
                status, answer = response.status, json.loads(response.read())
                if status < _ERRORS and answer.get("code") != _RUNNING:
                    with self._lock:
                        self.books.answered.append(time.monotonic())
                        self.books.replayed += response.headers.get("Idempotency-Replayed") == "true"
                    return status, answer
            except (OSError, http.client.HTTPException, ValueError):
                pass  # killed on the way: nobody knows whether it was done, so it is asked again under the same key
            finally:
                connection.close()
            with self._lock:
                self.books.unanswered += 1
                if status:
                    self.books.broken[status] += 1
            time.sleep(_PAUSE_SECONDS)
