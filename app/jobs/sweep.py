"""Runs one sweep: takes the sweep lock, then goes through the chunks, each in its own unit of work."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from app.core.lease import Lease, held, take
from app.jobs.slips import run_slips
from app.jobs.tools import Tools
from app.services.escalation.sweep import CHUNK, ChunkResult, begin_sweep, end_sweep, raise_chunk
from app.services.escalation.sweep_light import light_chunk

#: The scheduler's sweep waits so long for a command's; the next tick comes anyway.
_WAIT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What one sweep did; `raised` counts rungs' rows, `told` messages, `lights` those judged anew.

    The slips that followed are counted apart: made of rungs, issued, settled (closed, or dropped before issue).
    """

    at: datetime
    raised: int
    told: int
    lights: int
    slips_made: int
    slips_issued: int
    slips_settled: int
    faults: tuple[dict[str, object], ...]
    outage_since: datetime | None
    seconds: float
    was_stopped: bool


def run_sweep(
    tools: Tools, at: datetime, *, source: str, mute_before: datetime | None = None, chunk: int = CHUNK,
    wait_seconds: float | None = None,
) -> SweepResult:  # fmt: skip
    """Sweep once at the instant `at`; waits for the sweep lock (without an end unless `wait_seconds` says so).

    Stopped in the middle, what was done stays done and the rest is for the next sweep. UnavailableError when the
    lock did not become free.
    """
    with held(tools.database, "sweep", tools.stopped, wait_seconds) as lease:
        return _sweep(tools, lease, at, source, mute_before, chunk)


def _sweep(
    tools: Tools, lease: Lease, at: datetime, source: str, mute_before: datetime | None, chunk: int
) -> SweepResult:
    database, book, now = tools.database, tools.book, tools.clock.now()
    begun = database.write(
        lambda session: begin_sweep(session, book, at, now, source=source, mute_before=mute_before, chunk=chunk)
    )
    order = begun.order
    total = ChunkResult(faults=list(begun.faults))
    was_stopped = False

    def may_go_on() -> bool:
        # Lost meanwhile, the lock is taken anew: chunks are idempotent, so nothing was done twice.
        nonlocal was_stopped
        was_stopped = was_stopped or tools.stopped() or not take(lease, tools.stopped)
        return not was_stopped

    for work, stretches in ((raise_chunk, begun.rungs), (light_chunk, begun.lights)):
        for stretch in stretches:
            if may_go_on():
                total.add(database.write(partial(work, book=book, order=order, stretch=stretch)))
    slips = run_slips(tools, at, may_go_on)
    total.faults += slips.faults
    finished_at = tools.clock.now()
    if not was_stopped:
        database.write(lambda session: end_sweep(session, order, total, finished_at))
    return SweepResult(
        at=at,
        raised=total.raised,
        told=total.told,
        lights=total.lights,
        slips_made=slips.made,
        slips_issued=slips.issued,
        slips_settled=slips.settled,
        faults=tuple(total.faults),
        outage_since=order.outage_since,
        seconds=(finished_at - now).total_seconds(),
        was_stopped=was_stopped,
    )


def sweep_job(tools: Tools, due_at: datetime) -> str:
    """Sweep at the instant to which the run belongs; returns what it did, for the table of runs."""
    result = run_sweep(tools, due_at, source="scheduler", wait_seconds=_WAIT_SECONDS)
    slips = f"slips {result.slips_made}/{result.slips_issued}/{result.slips_settled}"
    return f"raised {result.raised}, lights {result.lights}, {slips}, faults {len(result.faults)}"
