"""`python -m tests.chaos`: lets chaos come over a city for so long, and prints the figures of docs/reliability.md."""

import argparse
import secrets
import signal
import sys
from pathlib import Path

from tests.chaos.report import write_table
from tests.chaos.run import ROLES, Plan, run_chaos

_MINUTE = 60.0


def main() -> int:
    """Run, print, and end with 1 when the judge finds anything."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0, help="how long (60)")
    parser.add_argument("--seed", type=int, default=None, help="which story; drawn and printed when left out")
    parser.add_argument("--database", choices=sorted(ROLES), default="postgresql")
    parser.add_argument("--logs", type=Path, help="a file for what the members said, if anything is found")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # told to end, it leaves nothing behind
    seed = secrets.randbelow(10**6) if given.seed is None else given.seed
    _say(f"chaos: {given.database}, {given.minutes:g} minutes, seed {seed}")
    seconds = given.minutes * _MINUTE
    outcome = run_chaos(given.database, seed, lambda passed, _books: passed >= seconds, plan=Plan(), say=_say)
    for line in write_table(outcome):
        _say(line)
    for fault in outcome.faults:
        _say(f"FOUND: {fault}")
    if outcome.faults and given.logs is not None:
        given.logs.write_text(outcome.logs)
    return 1 if outcome.faults else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
