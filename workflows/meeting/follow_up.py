"""Which decisions come back to the table, and how well decisions are carried out.

Rule of practice: not the whole backlog returns, only what is late, due before the next meeting, or changed since the
last one. The execution rate names its denominator: decisions in force whose limit has passed, or that are done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflows.words import Text

Standing = Literal["done_in_time", "done_late", "late", "open", "undated", "information", "dropped"]

STANDINGS: dict[Standing, Text] = {
    "done_in_time": Text("按期办结", "done in time"),
    "done_late": Text("逾期办结", "done late"),
    "late": Text("逾期", "late"),
    "open": Text("在办", "in hand"),
    "undated": Text("未定期限", "no due date"),
    "information": Text("仅备案", "for information"),
    "dropped": Text("已撤销", "revoked"),
}
RETURNS = {
    "late": Text("逾期", "late"),
    "due_soon": Text("下次会议前到期", "due before the next meeting"),
    "changed": Text("上次会议后有变化", "changed since the last meeting"),
    "carried": Text("议定已久尚未办结", "open for long"),
}

#: The rate in words: what it is a share of.
RATE_LABEL = Text("已办结÷（已办结＋逾期未办）", "done of what is done or past its date")
#: What happens to a task that the meeting hears of; its being assigned and received is what the minutes ordered.
CHANGES = (
    "report", "submit", "return", "return_to", "verify", "reopen", "suspend", "resume", "cancel", "dispute", "reassign",
    "extend", "split", "merge",
)  # fmt: skip
#: The points of a decision's life, from where it came to the report that tells of it.
LIFE = {
    "document": Text("来文", "document"),
    "escalated": Text("催办升级，提交会议", "escalated to the meeting"),
    "proposed": Text("提出议题", "topic proposed"),
    "discussed": Text("会议审议", "discussed"),
    "decided": Text("记录议定事项", "decision noted"),
    "issued": Text("纪要印发", "minutes issued"),
    "task": Text("交办任务", "task assigned"),
    "slip": Text("督办", "supervision"),
    "extended": Text("调整期限", "new date set"),
    "reported": Text("报告进展", "progress reported"),
    "cancelled": Text("任务取消", "task cancelled"),
    "split": Text("任务分解或并入", "task split or merged"),
    "reopened": Text("重新办理", "taken up again"),
    "settled": Text("落实办结", "carried out"),
    "revoked": Text("撤销", "revoked"),
    "due": Text("完成期限", "due"),
    "in_report": Text("列入工作月报", "told in the monthly report"),
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a decision of `decided_on`; `due_on` is its date, `done_on` when it was done, None: not yet."""

    due_on: date | None
    done_on: date | None
    is_information: bool = False
    is_dropped: bool = False
    changed_on: date | None = None
    decided_on: date | None = None

    def standing(self, today: date) -> Standing:
        """Return how the decision stands on a day; a due date's own day is in time."""
        if self.is_information:
            return "information"
        if self.is_dropped:
            return "dropped"
        if self.done_on is not None:
            late = self.due_on is not None and self.done_on > self.due_on
            return "done_late" if late else "done_in_time"
        if self.due_on is None:
            return "undated"
        return "late" if self.due_on < today else "open"


def find_return(
    fate: Fate, *, last_on: date | None, next_on: date, today: date | None = None, carry_on_days: int = 0
) -> str | None:
    """Return why a decision comes back to the meeting on `next_on` (a key of RETURNS), None: it does not.

    `carry_on_days` is the group's rule of procedure: what is still open so many days after it was decided comes back
    whatever its date; 0: the group has no such rule.

    `last_on` is the day of the meeting before. `today` is the day on which one asks, that of the meeting when left
    out: what is due between the two is not late yet.
    """
    standing = fate.standing(next_on if today is None else min(today, next_on))
    if standing == "late":
        return "late"
    if standing == "open" and fate.due_on is not None and fate.due_on <= next_on:
        return "due_soon"
    if standing in ("information", "dropped"):
        return None
    is_new = fate.changed_on is not None and (last_on is None or fate.changed_on > last_on)
    if is_new:
        return "changed"
    is_old = carry_on_days and fate.decided_on is not None and (next_on - fate.decided_on).days >= carry_on_days
    return "carried" if is_old and standing in ("open", "undated") else None


@dataclass(frozen=True, slots=True)
class Rate:
    """How well decisions were carried out: `done` of `counted`; `in_time` of them by their date."""

    counted: int = 0
    done: int = 0
    in_time: int = 0
    late: int = 0
    open: int = 0
    undated: int = 0
    information: int = 0
    dropped: int = 0

    @property
    def pct(self) -> int | None:
        """Done in percent of what counts (done or past its date), None while nothing does; halves up."""
        return None if self.counted == 0 else (200 * self.done + self.counted) // (2 * self.counted)


def measure(standings: Iterable[Standing]) -> Rate:
    """Count decisions: what is done or late counts; what is in hand within its date does not yet."""
    count = dict.fromkeys(STANDINGS, 0)
    for standing in standings:
        count[standing] += 1
    done = count["done_in_time"] + count["done_late"]
    return Rate(
        done + count["late"], done, count["done_in_time"], count["late"], count["open"], count["undated"],
        count["information"], count["dropped"],
    )  # fmt: skip
