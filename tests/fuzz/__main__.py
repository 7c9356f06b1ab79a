"""Runs the fuzzing: `python -m tests.fuzz [--seconds N | --examples N] [target …]`.

Without figures each target gets a minute. Each fault is told with the shortest input that was found for it; the exit
status is 1 when there is one. The process bounds its own memory, so it is always a process of its own.
"""

import argparse
import sys
import time
import traceback
from collections.abc import Sequence

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.files import FILES
from tests.fuzz.limits import TooHungryError, TooSlowError, bound_memory, bound_time
from tests.fuzz.target import Target, feed
from tests.fuzz.texts import TEXTS
from tests.fuzz.traps import TRAPS

TARGETS = (*FILES, *TEXTS)
_SECONDS = 60
_ROUND = 200


def main(given_arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for; returns the exit status."""
    parser = argparse.ArgumentParser(prog="tests.fuzz")
    parser.add_argument("--seconds", type=int, default=_SECONDS, help="how long each target is fed")
    parser.add_argument("--examples", type=int, help="how many inputs each target gets, always the same ones")
    parser.add_argument("names", nargs="*", metavar="target")
    asked = parser.parse_args(given_arguments)
    known = {target.name: target for target in (*TARGETS, *TRAPS)}
    if unknown := [name for name in asked.names if name not in known]:
        sys.stderr.write(f"no target {unknown[0]}; there are: {', '.join(known)}\n")
        return 2
    chosen = [known[name] for name in asked.names] or TARGETS
    bound_memory()
    faults = 0
    for target in chosen:
        fed, taken, fault = _run(target, asked.examples, asked.seconds)
        sys.stdout.write(f"{target.name}: {fed} fed, {taken} taken{', FAULT' if fault else ''}\n{fault}")
        sys.stdout.flush()
        faults += bool(fault)
    return min(faults, 1)


def _run(target: Target, examples: int | None, seconds: int) -> tuple[int, int, str]:
    """Return how many inputs were fed and taken, and the trace of a fault, "" without one."""
    fed, taken = 0, 0
    end, number = time.monotonic() + seconds, 0

    def taste(value: object) -> None:
        nonlocal fed, taken
        fed += 1
        with bound_time():
            taken += feed(target, value)

    while True:
        feast = given(target.food)(taste)
        chosen = settings(
            max_examples=examples or _ROUND,
            derandomize=examples is not None,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate) if examples else (Phase.explicit, Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )(feast)
        try:
            (chosen if examples else seed(time.time_ns())(chosen))()
        except (Exception, TooSlowError, TooHungryError):  # noqa: BLE001  # any of them is what is looked for
            return fed, taken, traceback.format_exc(limit=-6)
        number += 1
        if examples is not None or time.monotonic() > end:
            return fed, taken, ""


if __name__ == "__main__":
    sys.exit(main())
