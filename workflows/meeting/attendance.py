"""Who was there, counted by member unit, and whether that is enough to meet and to decide."""

from collections.abc import Iterable
from dataclasses import dataclass

from workflows.meeting.procedure import SEATS, Procedure
from workflows.words import Text

REPLIES = {
    "none": Text("未回复", "no reply yet"),
    "yes": Text("参加", "attends"),
    "leave": Text("请假", "asks for leave"),
    "stand_in": Text("由他人代会", "sends a stand-in"),
}
ATTENDANCES = {
    "present": Text("到会", "present"),
    "late": Text("迟到", "late"),
    "left": Text("中途离会", "left early"),
    "absent": Text("缺席", "absent"),
}
_THERE = ("present", "late")


@dataclass(frozen=True, slots=True)
class Attending:
    """One invited seat: its unit, its seat in the group (None: a guest), and how it attended (None: not marked yet)."""

    department_id: int | None
    seat: str | None
    attendance: str | None

    @property
    def is_there(self) -> bool:
        """Whether somebody sits there now; who left early does not."""
        return self.attendance in _THERE


@dataclass(frozen=True, slots=True)
class Quorum:
    """Units invited, present, needed; `missing` says what keeps the meeting from deciding, None: nothing."""

    units: int
    present: int
    needed: int
    missing: Text | None


def count_quorum(procedure: Procedure, attending: Iterable[Attending]) -> Quorum:
    """Count member units, each once however many of its people came; guests count for nothing."""
    seated = [one for one in attending if one.seat is not None]
    units = {one.department_id for one in seated}
    present = {one.department_id for one in seated if one.is_there}
    needed = procedure.units_needed(len(units))
    missing = None
    wanted = [seat for seat in procedure.must_attend if any(one.seat == seat for one in seated)]
    if wanted and not any(one.is_there and one.seat in wanted for one in seated):
        zh, en = "、".join(SEATS[seat].zh for seat in wanted), " or ".join(SEATS[seat].en for seat in wanted)
        missing = Text(f"{zh}均未到会，不能开会。", f"No {en} is present; the meeting cannot begin.")
    if len(present) < needed:
        missing = Text(
            f"应到{len(units)}个单位，实到{len(present)}个，未过法定人数（{needed}个）。",
            f"{len(present)} of {len(units)} units are present; {needed} are needed.",
        )
    return Quorum(len(units), len(present), needed, missing)
