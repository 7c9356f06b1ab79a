"""Times two sides in turn within one run, so that a noisy machine hurts both alike; reports medians and ratios."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line: what, how much, against what, and the bound that it should keep."""

    name: str
    value: str
    against: str
    ratio: float
    bound: str
    is_kept: bool

    def line(self) -> str:
        """Return the figure as a row of a Markdown table."""
        kept = "yes" if self.is_kept else "NO"
        return f"| {self.name} | {self.value} | {self.against} | {self.ratio:.2f} | {self.bound} | {kept} |"


HEAD = "| what | ours | against | ratio | bound | kept |\n|---|---|---|---|---|---|"


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes, the collector off."""
    gc.collect()
    gc.disable()
    try:
        begin = time.perf_counter()
        work()
        return time.perf_counter() - begin
    finally:
        gc.enable()


def in_turn(sides: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Run every side `rounds` times in turn and return the median seconds of each."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, work in sides.items():
            times[name].append(seconds(work))
    return {name: statistics.median(found) for name, found in times.items()}
