"""People at work over HTTP while servers die: each step and each wish with its key, asked again until it is answered.

What was answered is written into the books, and the books are what the judge goes by: an answer is a promise.
"""

import random
import threading
import time
from collections.abc import Sequence
from typing import Any

from tests.city import City
from tests.fleet.calling import Calls

#: The round that a task goes: who, which step, with what.
Step = tuple[str, str, dict[str, str]]
START: tuple[Step, ...] = (("office1", "assign", {}), ("tra_head", "receive", {}), ("tra_head", "start", {}))
ROUND: tuple[Step, ...] = (
    ("tra_head", "submit", {"evidence": "运行报告"}),
    ("tra_head", "withdraw", {"reason": "附件有误"}),
)
ASKERS = ("office2", "director", "ene_head", "pol_head", "wea_head")
_PAUSE_SECONDS = 0.05
_OK = 200
_ACCEPTED = 202
_FULL = 409


class Load:
    """Threads that work until `stop` is set: one a group of tasks, one a person who asks for exports."""

    def __init__(
        self, city: City, ports: Sequence[int], tokens: dict[str, str], *, groups: int, tasks: int, seed: int,
        pause_seconds: float = _PAUSE_SECONDS,
    ) -> None:  # fmt: skip
        self.calls = Calls(ports, tokens)
        self.books, self.stop = self.calls.books, self.calls.stop
        self.seed, self._pause_seconds = seed, pause_seconds
        self.tasks = [city.task(f"任务{number}") for number in range(groups * tasks)]
        self.threads = [
            threading.Thread(
                target=self._work, args=(self.tasks[group::groups], group), name=f"group-{group}", daemon=True
            )
            for group in range(groups)
        ]
        self.threads += [threading.Thread(target=self._ask, args=(login,), name=login, daemon=True) for login in ASKERS]

    def begin(self) -> None:
        """Let everybody begin."""
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        """Let everybody end what they have begun."""
        self.stop.set()
        for thread in self.threads:
            thread.join(120)
            if thread.is_alive():
                raise AssertionError(f"{thread.name} got no answer")

    def _work(self, tasks: Sequence[int], group: int) -> None:
        """Take one task after the other a step on."""
        chance = random.Random(self.seed + group)  # noqa: S311  # a repeatable story, no secret
        stories = {task: iter(START) for task in tasks}
        turns = dict.fromkeys(tasks, 0)
        for task in tasks:
            self.books.steps[task] = []
        while not self.stop.wait(self._pause_seconds):
            task = chance.choice(tasks)
            step = next(stories[task], None)
            if step is None:
                step = ROUND[turns[task] % 2]
                turns[task] += 1
            login, action, fields = step
            known = self.books.steps[task]
            version = known[-1][1] if known else 1
            answer = self.step(chance, login, task, action, version, fields)
            if answer is None:
                return
            known.append((action, int(answer["version"])))

    def step(
        self, chance: random.Random, login: str, item_id: int, action: str, version: int,
        fields: dict[str, str] | None = None,
    ) -> Any:  # noqa: ANN401  # JSON  # fmt: skip
        """Take a step on an item; its answer, None for one that is strange."""
        status, answer = self.calls.post(
            chance, login, f"/items/{item_id}/actions/{action}", {"fields": fields or {}}, {"If-Match": f'"{version}"'}
        )
        if status != _OK:
            self.calls.note(f"{action} of item {item_id}: {status} {answer}")
            return None
        return answer

    def _ask(self, login: str) -> None:
        """Ask for one export after the other, as many as one may have at one time.

        Refused for having too many, the same wish is asked again under its key: its first request may have got stuck
        on the way and be done after the refusal of its repetition.
        """
        chance = random.Random(f"{self.seed}{login}")  # noqa: S311  # as above
        mine = self.books.works[login] = []
        pause_seconds = max(0.5, self._pause_seconds)
        while not self.stop.wait(pause_seconds):
            body = {"kind": "export", "arguments": {"query": f"q=任务{self.calls.number()}", "format": "csv"}}
            key = {"Idempotency-Key": f"export-{self.calls.number()}"}
            status, answer = self.calls.post(chance, login, "/works", body, key)
            while status == _FULL:
                time.sleep(pause_seconds)
                status, answer = self.calls.post(chance, login, "/works", body, key)
            if status != _ACCEPTED:
                self.calls.note(f"export of {login}: {status} {answer}")
                return
            mine.append(int(answer["id"]))
