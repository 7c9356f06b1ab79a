"""Standing orders: which matters may not come before a meeting, said with the reason when a topic is submitted.

Source: rules of procedure found in practice (domain notes 2.4): not admitted are matters within one unit's power,
matters on which those concerned were not heard yet, and last-minute motions. The chair may overrule, on record.
"""

from dataclasses import dataclass
from datetime import date

from workflows.words import Text

ONE_UNIT, NOT_CONSULTED, LAST_MINUTE, OTHER_FORUM, NO_PAPER, FULL = (
    "one_unit", "not_consulted", "last_minute", "other_forum", "no_paper", "full",
)  # fmt: skip

#: What is said to whoever proposes, by code.
OBJECTIONS = {
    ONE_UNIT: Text(
        "此事不涉及其他单位，由本单位自行决定，不提交会议。",
        "No other department is concerned: your department can settle this itself, without the meeting.",
    ),
    NOT_CONSULTED: Text(
        "涉及单位尚未全部会签，请先送会签；协商不成的，请主持人裁定。",
        "Not every department concerned has countersigned; send it round first, or refer differences to the chair.",
    ),
    LAST_MINUTE: Text(
        "议题征集已截止，临时动议须经主持人同意。",
        "The call for topics is closed; only the chair admits a late topic.",
    ),
    OTHER_FORUM: Text(
        "按议事规则，此类事项须由更高一级会议决定，请改报相应会议。",
        "By the rules of procedure this kind of matter is for a higher meeting; propose it there.",
    ),
    NO_PAPER: Text("还没有附会议材料。", "No paper is attached."),
    FULL: Text(
        "该次会议的议题已达议事规则规定的数量，请改报下次会议；确须本次审议的，请主持人裁定。",
        "The meeting has as many topics as its rules of procedure allow; propose it for the next one, or refer it to"
        " the chair.",
    ),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A topic as the standing orders look at it; `countersigned` are those of `concerned` that agreed or were heard."""

    concerned: frozenset[int]
    countersigned: frozenset[int]
    submitted_on: date
    cutoff_on: date | None
    is_frozen: bool = False
    forum_rank: int = 0
    needed_rank: int = 0
    papers: int = 0
    needs_paper: bool = False
    is_full: bool = False


def find_objections(proposal: Proposal) -> tuple[str, ...]:
    """Return the codes of `OBJECTIONS` that keep a topic away from the meeting, in the order in which they are said."""
    found = []
    if not proposal.concerned:
        found.append(ONE_UNIT)
    elif proposal.concerned - proposal.countersigned:
        found.append(NOT_CONSULTED)
    if proposal.needed_rank > proposal.forum_rank:
        found.append(OTHER_FORUM)
    if proposal.needs_paper and not proposal.papers:
        found.append(NO_PAPER)
    if proposal.is_full:
        found.append(FULL)
    late = proposal.cutoff_on is not None and proposal.submitted_on > proposal.cutoff_on
    if late or proposal.is_frozen:
        found.append(LAST_MINUTE)
    return tuple(found)
