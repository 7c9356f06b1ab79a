"""People at work over HTTP while servers die: each step and each wish with its key, asked again until it is answered.

What was answered is written into the books, and the books are what the judge goes by: an answer is a promise.
"""

import http.client
import json
import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.city import City

#: The round that a task goes: who, which step, with what.
Step = tuple[str, str, dict[str, str]]
START: tuple[Step, ...] = (("office1", "assign", {}), ("tra_head", "receive", {}), ("tra_head", "start", {}))
ROUND: tuple[Step, ...] = (
    ("tra_head", "submit", {"evidence": "运行报告"}),
    ("tra_head", "withdraw", {"reason": "附件有误"}),
)
ASKERS = ("office2", "director", "ene_head", "pol_head", "wea_head")
_TIMEOUT_SECONDS = 10
_PAUSE_SECONDS = 0.05
_OK = 200
_ERRORS = 500
_FULL = 409


@dataclass
class Books:
    """What was promised: `steps` {task: [(action, version after it)]}, `works` the ids of works asked for."""

    steps: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    works: dict[str, list[int]] = field(default_factory=dict)
    #: Requests that got no answer, and answers that had been given before.
    unanswered: int = 0
    replayed: int = 0
    #: What should not have been answered so.
    strange: list[str] = field(default_factory=list)


class Load:
    """Threads that work until `stop` is set: one a group of tasks, one a person who asks for exports."""

    def __init__(
        self, city: City, ports: Sequence[int], tokens: dict[str, str], *, groups: int, tasks: int, seed: int
    ) -> None:  # fmt: skip
        self.books = Books()
        self.stop = threading.Event()
        self._ports, self._tokens, self._seed = ports, tokens, seed
        self._keys = count(1)
        self._lock = threading.Lock()
        made = [city.task(f"任务{number}") for number in range(groups * tasks)]
        self._threads = [
            threading.Thread(target=self._work, args=(made[group::groups], group), name=f"group-{group}")
            for group in range(groups)
        ]
        self._threads += [threading.Thread(target=self._ask, args=(login,), name=login) for login in ASKERS]

    def begin(self) -> None:
        """Let everybody begin."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Let everybody end what they have begun."""
        self.stop.set()
        for thread in self._threads:
            thread.join(120)
            if thread.is_alive():
                raise AssertionError(f"{thread.name} got no answer")

    def _work(self, tasks: Sequence[int], group: int) -> None:
        """Take one task after the other a step on."""
        chance = random.Random(self._seed + group)  # noqa: S311  # a repeatable story, no secret
        stories = {task: iter(START) for task in tasks}
        turns = dict.fromkeys(tasks, 0)
        for task in tasks:
            self.books.steps[task] = []
        while not self.stop.wait(_PAUSE_SECONDS):
            task = chance.choice(tasks)
            step = next(stories[task], None)
            if step is None:
                step = ROUND[turns[task] % 2]
                turns[task] += 1
            login, action, fields = step
            known = self.books.steps[task]
            version = known[-1][1] if known else 1
            status, answer = self._call(
                chance, login, f"/items/{task}/actions/{action}", {"fields": fields}, {"If-Match": f'"{version}"'}
            )
            if status != _OK:
                self._note(f"{action} of task {task}: {status} {answer}")
                return
            known.append((action, int(answer["version"])))

    def _ask(self, login: str) -> None:
        """Ask for one export after the other, as many as one may have at one time."""
        chance = random.Random(f"{self._seed}{login}")  # noqa: S311  # as above
        mine = self.books.works[login] = []
        while not self.stop.wait(0.5):
            body = {"kind": "export", "arguments": {"query": f"q=任务{next(self._keys)}", "format": "csv"}}
            status, answer = self._call(chance, login, "/works", body, {})
            if status == _FULL:
                continue
            if status != _OK + 2:
                self._note(f"export of {login}: {status} {answer}")
                return
            mine.append(int(answer["id"]))

    def _call(
        self, chance: random.Random, login: str, path: str, body: dict[str, Any], headers: dict[str, str]
    ) -> tuple[int, Any]:  # fmt: skip
        """POST with a key of its own, at any server, again and again until one answers."""
        given = {
            **headers, "Authorization": f"Bearer {self._tokens[login]}", "Content-Type": "application/json",
            "Idempotency-Key": f"fleet-{next(self._keys)}",
        }  # fmt: skip
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", chance.choice(self._ports), timeout=_TIMEOUT_SECONDS)
            try:
                connection.request("POST", f"/api/v1{path}", json.dumps(body), given)
                response = connection.getresponse()
                answer = json.loads(response.read())
                if response.status < _ERRORS:
                    with self._lock:
                        self.books.replayed += response.headers.get("Idempotency-Replayed") == "true"
                    return response.status, answer
            except (OSError, http.client.HTTPException, ValueError):
                pass  # killed on the way: nobody knows whether it was done, so it is asked again under the same key
            finally:
                connection.close()
            with self._lock:
                self.books.unanswered += 1
            self.stop.wait(_PAUSE_SECONDS)

    def _note(self, what: str) -> None:
        with self._lock:
            self.books.strange.append(what)
