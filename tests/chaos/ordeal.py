"""The ordeal itself: kills in a steady rhythm, other faults between them, several at one time; and its figures."""

import bisect
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.chaos.faults import End, Fault, Surroundings
from tests.fleet.calling import Books
from tests.fleet.driving import Fleet

_TICK_SECONDS = 0.1


@dataclass
class Story:
    """What came over the fleet: how often each fault, and when whatever it was had ended."""

    faults: Counter[str] = field(default_factory=Counter)
    ends: list[tuple[str, float]] = field(default_factory=list)

    def find_waits(self, books: Books) -> dict[str, float]:
        """Return {fault: the longest time from its end to the next answer, in seconds}."""
        found: dict[str, float] = {}
        for name, ended in self.ends:
            place = bisect.bisect_right(books.answered, ended)
            if place < len(books.answered):
                found[name] = max(found.get(name, 0.0), books.answered[place] - ended)
        return found


class Ordeal:
    """Breaks things until told to end; `kills` seconds between two kills, `faults` between two other faults."""

    def __init__(
        self, fleet: Fleet, around: Surroundings, chance: random.Random, *, kills: tuple[float, float],
        faults: tuple[float, float],
    ) -> None:  # fmt: skip
        self.story = Story()
        self._fleet, self._around, self._chance = fleet, around, chance
        self._kills, self._faults = kills, faults
        self._known = {fault.name: fault for fault in around.list_faults()}
        self._going: dict[str, tuple[float, End]] = {}

    def run(self, is_over: Callable[[float], bool], script: Sequence[str] = ()) -> None:
        """Break things until `is_over` (seconds since the beginning): first what `script` names, then what is drawn."""
        began = time.monotonic()
        told = list(script)
        next_kill, next_fault = began + self._draw(self._kills), began + self._draw(self._faults)
        while not (is_over(time.monotonic() - began) and not told):
            now = time.monotonic()
            self._end_due(now)
            self._fleet.revive()
            if now >= next_kill:
                self._note(f"{self._fleet.kill_one()} killed")
                next_kill = time.monotonic() + self._draw(self._kills)
            if now >= next_fault and self._begin_one(told):
                next_fault = time.monotonic() + self._draw(self._faults)
            time.sleep(_TICK_SECONDS)
        self._end_due(float("inf"))
        self._around.calm()

    def _begin_one(self, told: list[str]) -> bool:
        """Begin the next fault of those that are not there already; whether one was begun."""
        going = self._going
        free = [one for one in self._known.values() if one.name not in going and one.not_within not in going]
        if told:
            free = [fault for fault in free if fault.name == told[0]]
        if not free:
            return False
        fault: Fault = self._chance.choices(free, [fault.weight for fault in free])[0]
        if told:
            told.pop(0)
        end = fault.begin()
        self.story.faults[fault.name] += 1
        if end is None:
            self.story.ends.append((fault.name, time.monotonic()))
        else:
            self._going[fault.name] = (time.monotonic() + self._draw(fault.seconds), end)
        return True

    def _end_due(self, now: float) -> None:
        for name, (ends_at, end) in list(self._going.items()):
            if now >= ends_at and end is not None:
                del self._going[name]
                end()
                self.story.ends.append((name, time.monotonic()))

    def _note(self, name: str) -> None:
        self.story.faults[name] += 1
        self.story.ends.append((name, time.monotonic()))

    def _draw(self, bounds: tuple[float, float]) -> float:
        return self._chance.uniform(*bounds)
