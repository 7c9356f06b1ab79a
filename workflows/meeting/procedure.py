"""A group's rules of procedure as data: who must be present, what each forum may decide, who stands in for the leader.

Source: rules of procedure of leadership groups (domain notes 2.4): plenary 全体会议 (plan, yearly project list,
policies), leaders' meeting 组长会议 (yearly fund plan, large schemes), office's meeting 协调会 (coordination); more
than half of the members present; the leader may hand the chair to a deputy. Every value is a setting of the group.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from workflows.words import Text

#: Seats of a group, the highest first.
SEATS = {
    "leader": Text("组长", "leader"),
    "deputy": Text("副组长", "deputy leader"),
    "member": Text("成员", "member"),
    "director": Text("办公室主任", "office director"),
    "liaison": Text("联络员", "liaison"),
}
#: Where a group decides, the lowest first.
FORUMS = {
    "office": Text("协调会", "coordination meeting"),
    "leaders": Text("组长会议", "leaders' meeting"),
    "plenary": Text("全体会议", "plenary"),
}
#: What comes before meetings, each with the lowest forum that may decide it unless a group rules otherwise.
MATTERS = {
    "coordination": Text("跨部门协调", "coordination between departments"),
    "progress": Text("进展通报", "progress"),
    "project": Text("重大项目方案", "scheme of a large project"),
    "project_list": Text("年度项目计划", "yearly list of projects"),
    "fund_plan": Text("年度资金计划", "yearly plan of funds"),
    "policy": Text("规划和政策", "plans and policies"),
}
_DEFAULT_FORUMS = {
    "coordination": "office", "progress": "office", "project": "leaders", "project_list": "plenary",
    "fund_plan": "leaders", "policy": "plenary",
}  # fmt: skip
#: Whom each forum invites, by seat.
_DEFAULT_INVITED = {
    "office": ("leader", "deputy", "director", "member"),
    "leaders": ("leader", "deputy", "director"),
    "plenary": ("leader", "deputy", "director", "member"),
}
#: Who chairs each forum, the first that can.
_DEFAULT_CHAIRS = {"office": ("deputy", "director"), "leaders": ("leader", "deputy"), "plenary": ("leader", "deputy")}
_FULL_PCT = 100
#: Kinds of items that only the deciding seats of a group decide: a change of its own members among them.
GATED = ("project", "request", "slip", "leadership_group")


class WrongProcedureError(ValueError):
    """Rules of procedure that cannot hold; `faults` are (place, Text)."""

    def __init__(self, faults: Iterable[tuple[str, Text]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{place}: {said.en}" for place, said in self.faults))


@dataclass(frozen=True, slots=True)
class Procedure:
    """Rules of procedure. Amounts in fen; percents of the member units that are invited.

    `present_pct`: more than this share of the units must be present; `must_attend`: seats of which one must be there
    (a stand-in counts). `deputies_fen`: the largest amount that a deputy alone approves, None: any; the leader approves
    any. `members_approve`: whether ordinary members who hold a leader's post approve at all. `deciders`: who decides
    on projects, requests and slips for the group. `climbs_to`: the seats that an escalation to the group reaches.
    `topics_max`: proposed topics of a meeting. `carry_on_days`: after so many days what is undone returns; 0: no rule.
    """

    present_pct: int = 50
    must_attend: tuple[str, ...] = ("leader", "deputy")
    forums: Mapping[str, str] = field(default_factory=lambda: dict(_DEFAULT_FORUMS))
    invited: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(_DEFAULT_INVITED))
    chairs: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(_DEFAULT_CHAIRS))
    deputies_fen: int | None = None
    members_approve: bool = False
    deciders: tuple[str, ...] = ("leader", "deputy")
    climbs_to: tuple[str, ...] = ("leader", "deputy")
    topics_max: int = 8
    paper_needed: bool = False
    carry_on_days: int = 0

    def body(self) -> dict[str, Any]:
        """Return the rules as plain JSON values; `read_procedure` takes them back."""
        plain = asdict(self)
        return {key: _plain(value) for key, value in plain.items()}

    def forum_of(self, matter: str) -> str:
        """Return the lowest forum that may decide a matter."""
        return self.forums.get(matter, _DEFAULT_FORUMS.get(matter, "office"))

    def may_decide(self, forum: str, matter: str) -> bool:
        """Whether a forum may decide a matter: its own and those of the forums below it."""
        return rank(forum) >= rank(self.forum_of(matter))

    def units_needed(self, units: int) -> int:
        """Return how many of `units` invited units make the quorum: more than the share; at least one."""
        return min(units, units * self.present_pct // _FULL_PCT + 1) if units else 0

    def authority(self, seat: str | None) -> tuple[frozenset[str], int | None]:
        """Return the kinds on which a holder of `seat` has no say for the group, and the largest amount, None: any.

        A leader's post without a seat, and a member's where members do not approve, decides nothing for the group.
        """
        money = frozenset({"allocation", "disbursement"})
        decides = seat in self.deciders
        barred = frozenset() if decides else frozenset(GATED)
        if seat == "leader":
            return barred, None
        if seat == "deputy":
            return barred, self.deputies_fen
        return barred | (frozenset() if seat == "member" and self.members_approve else money), self.deputies_fen


def rank(forum: str) -> int:
    """Return how high a forum stands, 0 for the lowest."""
    return list(FORUMS).index(forum)


def read_procedure(given: Mapping[str, Any]) -> Procedure:
    """Return the rules of `given` (plain JSON values, what is left out keeps its default); WrongProcedureError."""
    faults = list(_find_faults(given))
    if faults:
        raise WrongProcedureError(faults)
    values = {key: _typed(key, value) for key, value in given.items()}
    return Procedure(**values)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return {key: _plain(inner) for key, inner in value.items()} if isinstance(value, Mapping) else value


def _typed(key: str, value: Any) -> Any:  # noqa: ANN401  # JSON of any shape
    if key == "forums":
        return dict(_DEFAULT_FORUMS) | dict(value)
    if key in ("invited", "chairs"):
        default = _DEFAULT_INVITED if key == "invited" else _DEFAULT_CHAIRS
        return dict(default) | {forum: tuple(seats) for forum, seats in value.items()}
    return tuple(value) if isinstance(value, list) else value


_LISTS = ("must_attend", "deciders", "climbs_to")
_COUNTS = {"present_pct": (0, 99), "topics_max": (1, 99), "carry_on_days": (0, 366)}


def _find_faults(given: Mapping[str, Any]) -> Iterable[tuple[str, Text]]:
    known = Procedure.__dataclass_fields__
    for key, value in given.items():
        if key not in known:
            listed = ", ".join(known)
            yield key, Text(f"没有这项规则，可填：{listed}。", f"There is no such rule; known are {listed}.")
        elif key in _COUNTS:
            low, high = _COUNTS[key]
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                yield key, Text(f"应为{low}至{high}的整数。", f"A whole number from {low} to {high}.")
        elif key == "deputies_fen":
            if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 0):
                yield (
                    key,
                    Text(
                        "应为不小于零、最多两位小数的金额，或不填。",
                        "An amount of zero or more with at most two decimals, or none.",
                    ),
                )
        elif key in ("members_approve", "paper_needed"):
            if not isinstance(value, bool):
                yield key, Text("应为是或否。", "Yes or no.")
        elif key in _LISTS:
            yield from _check_seats(key, value, empty=key == "must_attend")
        else:
            yield from _check_by_forum(key, value)


def _check_seats(place: str, value: object, *, empty: bool) -> Iterable[tuple[str, Text]]:
    listed = ", ".join(SEATS)
    if not isinstance(value, list | tuple) or any(seat not in SEATS for seat in value):
        yield place, Text(f"应为席位的列表：{listed}。", f"A list of seats: {listed}.")
    elif not value and not empty:
        yield place, Text("至少要有一个席位。", "At least one seat.")


def _check_by_forum(key: str, value: object) -> Iterable[tuple[str, Text]]:
    if not isinstance(value, Mapping):
        yield key, Text("应为对照表。", "A mapping.")
        return
    for name, inner in value.items():
        place = f"{key}.{name}"
        if key == "forums":
            if name not in MATTERS:
                yield place, Text("没有这类事项。", f"No such matter; known are {', '.join(MATTERS)}.")
            elif inner not in FORUMS:
                yield place, Text("没有这种会议。", f"No such meeting; known are {', '.join(FORUMS)}.")
        elif name not in FORUMS:
            yield place, Text("没有这种会议。", f"No such meeting; known are {', '.join(FORUMS)}.")
        else:
            yield from _check_seats(place, inner, empty=False)
