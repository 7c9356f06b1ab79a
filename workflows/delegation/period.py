"""From when until when a delegation runs, where it stands, and whether several of them close a circle."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workflows.words import Text

#: The longest period; who is away longer hands over (docs/organisation.md).
DAYS_MAX = 180
REASON_MAX = 500


class Stage(StrEnum):
    """Where a delegation stands; it follows from its instants."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    RUNNING = "running"
    ENDED = "ended"
    DECLINED = "declined"
    LAPSED = "lapsed"


STAGE_LABELS = {
    Stage.OFFERED: Text("待对方接受", "offered"),
    Stage.ACCEPTED: Text("已接受，未开始", "accepted, not begun"),
    Stage.RUNNING: Text("代理中", "in effect"),
    Stage.ENDED: Text("已结束", "ended"),
    Stage.DECLINED: Text("已谢绝", "declined"),
    Stage.LAPSED: Text("逾期未接受", "lapsed"),
}


@dataclass(frozen=True, slots=True)
class Period:
    """From one instant until before another (half-open)."""

    from_at: datetime
    to_at: datetime

    def meets(self, other: "Period") -> "Period | None":
        """Return what both have in common; None when that is nothing."""
        common = Period(max(self.from_at, other.from_at), min(self.to_at, other.to_at))
        return common if common.from_at < common.to_at else None


def find_stage(
    period: Period, now: datetime, *, accepted_at: datetime | None, declined_at: datetime | None,
    ended_at: datetime | None,
) -> Stage:  # fmt: skip
    """Return where a delegation stands at `now`; at `to_at` itself it has ended."""
    if declined_at is not None:
        return Stage.DECLINED
    if ended_at is not None and ended_at <= now:
        return Stage.ENDED
    if accepted_at is None:
        return Stage.OFFERED if now < period.to_at else Stage.LAPSED
    if now >= period.to_at:
        return Stage.ENDED
    return Stage.RUNNING if now >= max(period.from_at, accepted_at) else Stage.ACCEPTED


def closes_loop(principal_id: int, substitute_id: int, period: Period, links: Iterable[tuple[int, int, Period]]) -> (
    list[int] | None
):  # fmt: skip
    """Return the people of the loop that a new link would close at some instant of `period`; None: it closes none.

    `links` are (principal, substitute, period). A loop counts only where all its links run at the same time.
    """
    after: dict[int, list[tuple[int, Period]]] = {}
    for one, other, when in links:
        after.setdefault(one, []).append((other, when))
    waiting = [([substitute_id], period)]
    while waiting:
        path, left = waiting.pop()
        for person_id, when in after.get(path[-1], ()):
            common = left.meets(when)
            if common is None or person_id in path:
                continue
            if person_id == principal_id:
                return [principal_id, *path, principal_id]
            waiting.append(([*path, person_id], common))
    return None
