"""How groups, meetings, topics and decisions stand: what their guards ask, for one item or for a page of them."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select, union_all
from sqlalchemy.engine import Connection
from sqlalchemy.orm import aliased

from app.models.attachment import Attachment
from app.models.group import GroupChange, GroupSeat, LeadershipGroup
from app.models.item import Item, Support
from app.models.meeting import Meeting, MeetingParticipant
from app.models.topic import AgendaItem, Decision, MinutesComment
from workflows.meeting.admission import Proposal, find_objections
from workflows.meeting.attendance import Attending, Quorum, count_quorum
from workflows.meeting.facts import MeetingFacts
from workflows.meeting.procedure import Procedure, rank, read_procedure

#: Meetings that have not begun yet.
AHEAD = ("planned", "collecting", "agenda_set", "notified", "postponed")
#: Meetings whose list of topics is fixed: the notice is out.
FROZEN = ("notified", "held")
_LEADER = "leader"
#: Groups that may meet; an imported meeting has none.
_STANDING = (None, "established", "adjusting")


def read_meeting_facts(connection: Connection, kinds: Mapping[int, str], today: date) -> dict[int, MeetingFacts]:
    """Return what guards may know of items, given as {item id: kind}; a constant number of statements a kind."""
    found: dict[int, MeetingFacts] = {}
    for kind, read in _READERS.items():
        ids = [item_id for item_id, one in kinds.items() if one == kind]
        if ids:
            found |= read(connection, ids, today)
    return found


def get_procedure(connection: Connection, group_id: int | None) -> Procedure:
    """Return a group's rules of procedure; the defaults for a meeting without a group (imported ones)."""
    if group_id is None:
        return Procedure()
    statement = select(LeadershipGroup.procedure).where(LeadershipGroup.item_id == group_id)
    return read_procedure(dict(connection.execute(statement).scalar_one()))


def read_quorums(connection: Connection, meeting_ids: Iterable[int]) -> dict[int, Quorum]:
    """Return who of the member units is there, meeting by meeting; two statements."""
    ids = list(meeting_ids)
    rules = {
        row.item_id: Procedure() if row.procedure is None else read_procedure(dict(row.procedure))
        for row in connection.execute(
            select(Meeting.item_id, LeadershipGroup.procedure)
            .outerjoin(LeadershipGroup, LeadershipGroup.item_id == Meeting.group_id)
            .where(Meeting.item_id.in_(ids))
        )
    }
    attending: dict[int, list[Attending]] = {meeting_id: [] for meeting_id in ids}
    rows = connection.execute(
        select(
            MeetingParticipant.meeting_id, MeetingParticipant.department_id, MeetingParticipant.seat,
            MeetingParticipant.attendance,
        ).where(MeetingParticipant.meeting_id.in_(ids), MeetingParticipant.removed_at.is_(None))
    )  # fmt: skip
    for meeting_id, department_id, seat, attendance in rows:
        attending[meeting_id].append(Attending(department_id, seat, attendance))
    return {meeting_id: count_quorum(rules[meeting_id], attending[meeting_id]) for meeting_id in ids}


def _read_groups(connection: Connection, ids: list[int], today: date) -> dict[int, MeetingFacts]:
    seated = (
        select(GroupSeat.group_id, GroupSeat.role, func.count())
        .where(GroupSeat.group_id.in_(ids), _is_seated(today))
        .group_by(GroupSeat.group_id, GroupSeat.role)
    )
    seats: dict[int, dict[str, int]] = {}
    for group_id, role, count in connection.execute(seated):
        seats.setdefault(group_id, {})[role] = count
    waiting = set(
        connection.execute(
            select(GroupChange.group_id).where(GroupChange.group_id.in_(ids), GroupChange.outcome.is_(None))
        ).scalars()
    )
    proposed = set(
        connection.execute(
            select(LeadershipGroup.item_id).where(
                LeadershipGroup.item_id.in_(ids), LeadershipGroup.procedure_proposed.is_not(None)
            )
        ).scalars()
    )
    under: dict[int, int] = {}
    below = select(Item.parent_id).where(
        Item.parent_id.in_(ids), Item.kind == "leadership_group", Item.closed_at.is_(None)
    )
    ahead = (
        select(Meeting.group_id)
        .join(Item, Item.id == Meeting.item_id)
        .where(Meeting.group_id.in_(ids), Item.state.in_((*AHEAD, "held")))
    )
    for found in connection.execute(union_all(below, ahead)).scalars():
        above = int(found or 0)
        under[above] = under.get(above, 0) + 1
    return {
        group_id: MeetingFacts(
            has_leader=_LEADER in seats.get(group_id, {}),
            seats=sum(seats.get(group_id, {}).values()),
            change_waits=group_id in waiting,
            rules_wait=group_id in proposed,
            under_it=under.get(group_id, 0),
        )
        for group_id in ids
    }


def _is_seated(today: date) -> Any:  # noqa: ANN401  # an SQL condition
    """Return the condition that a seat is held or will be: it has not ended."""
    return or_(GroupSeat.to_on.is_(None), GroupSeat.to_on > today)


def _read_meetings(connection: Connection, ids: list[int], today: date) -> dict[int, MeetingFacts]:  # noqa: ARG001  # as the others
    topics: dict[int, list[str]] = {meeting_id: [] for meeting_id in ids}
    for meeting_id, state in connection.execute(
        select(AgendaItem.meeting_id, Item.state)
        .join(Item, Item.id == AgendaItem.item_id)
        .where(AgendaItem.meeting_id.in_(ids))
    ):
        topics[meeting_id].append(state)
    decisions: dict[int, list[Any]] = {meeting_id: [] for meeting_id in ids}
    for row in connection.execute(
        select(Decision.meeting_id, Item.state, Decision.is_information, Item.owner_department_id, Item.due_on)
        .join(Item, Item.id == Decision.item_id)
        .where(Decision.meeting_id.in_(ids))
    ):
        decisions[row.meeting_id].append(row)
    invited: dict[int, list[bool]] = {meeting_id: [] for meeting_id in ids}
    for meeting_id, seat, reply, attendance in connection.execute(
        select(
            MeetingParticipant.meeting_id, MeetingParticipant.seat, MeetingParticipant.reply,
            MeetingParticipant.attendance,
        ).where(MeetingParticipant.meeting_id.in_(ids), MeetingParticipant.removed_at.is_(None))
    ):  # fmt: skip
        # Of who sits in the group it must be known whether they came; who asked for leave did not.
        invited[meeting_id].append(seat is not None and reply != "leave" and attendance is None)
    quorums = read_quorums(connection, ids)
    group = aliased(Item)
    unanswered = (
        select(func.count())
        .where(MinutesComment.meeting_id == Meeting.item_id, MinutesComment.answered_at.is_(None))
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            Meeting.item_id, Meeting.chair_post_id, Meeting.cosign_until_on, Item.due_on,
            group.state.label("group_state"), unanswered.label("unanswered"),
        )
        .join(Item, Item.id == Meeting.item_id)
        .outerjoin(group, group.id == Meeting.group_id)
        .where(Meeting.item_id.in_(ids))
    )  # fmt: skip
    return {
        row.item_id: _tell_meeting(
            row, topics[row.item_id], decisions[row.item_id], invited[row.item_id], quorums[row.item_id]
        )
        for row in rows
    }


def _tell_meeting(
    meeting: Any,  # noqa: ANN401  # a row
    topics: list[str],
    decisions: list[Any],
    invited: list[bool],
    quorum: Quorum,
) -> MeetingFacts:
    on_agenda = [state for state in topics if state in ("accepted", "concluded")]
    gaps = [
        one
        for one in decisions
        if one.state == "draft" and not one.is_information and (one.owner_department_id is None or one.due_on is None)
    ]
    return MeetingFacts(
        starts_on=meeting.due_on,
        topics=len(on_agenda),
        topics_waiting=topics.count("submitted"),
        topics_open=on_agenda.count("accepted"),
        has_chair=meeting.chair_post_id is not None,
        invited=len(invited),
        unmarked=sum(invited),
        group_stands=meeting.group_state in _STANDING,
        comments_open=meeting.unanswered,
        quorum_missing=quorum.missing,
        gaps=len(gaps),
        decisions_open=sum(one.state in ("draft", "in_force") for one in decisions),
        cosign_until_on=meeting.cosign_until_on,
    )


def _read_topics(connection: Connection, ids: list[int], today: date) -> dict[int, MeetingFacts]:
    meeting = aliased(Item)
    rows = connection.execute(
        select(
            AgendaItem.item_id, AgendaItem.matter, AgendaItem.consent, meeting.state, Meeting.cutoff_on, Meeting.forum,
            LeadershipGroup.procedure, AgendaItem.meeting_id,
        )
        .join(meeting, meeting.id == AgendaItem.meeting_id)
        .join(Meeting, Meeting.item_id == AgendaItem.meeting_id)
        .outerjoin(LeadershipGroup, LeadershipGroup.item_id == Meeting.group_id)
        .where(AgendaItem.item_id.in_(ids))
    ).all()  # fmt: skip
    concerned: dict[int, set[int]] = {item_id: set() for item_id in ids}
    supports = select(Support.item_id, Support.department_id).where(Support.item_id.in_(ids))
    for item_id, department_id in connection.execute(supports):
        concerned[item_id].add(department_id)
    papers = dict(
        connection.execute(
            select(Attachment.item_id, func.count())
            .where(Attachment.item_id.in_(ids), Attachment.removed_at.is_(None))
            .group_by(Attachment.item_id)
        ).all()
    )
    taken = _count_topics(connection, {row.meeting_id for row in rows})
    found = {}
    for row in rows:
        rules = Procedure() if row.procedure is None else read_procedure(dict(row.procedure))
        heard = read_consent(row.consent)
        is_frozen = row.state in FROZEN
        is_full = taken.get(row.meeting_id, 0) >= rules.topics_max
        proposal = Proposal(
            frozenset(concerned[row.item_id]), heard, today, row.cutoff_on, is_frozen, rank(row.forum),
            rank(rules.forum_of(row.matter)), papers.get(row.item_id, 0), rules.paper_needed,
            is_full,
        )  # fmt: skip
        found[row.item_id] = MeetingFacts(
            is_frozen=is_frozen, is_held=row.state == "held", is_planned=row.state in AHEAD, is_full=is_full,
            cutoff_on=row.cutoff_on, objections=find_objections(proposal),
        )  # fmt: skip
    return found


def _count_topics(connection: Connection, meeting_ids: set[int]) -> dict[int, int]:
    """Return how many topics of the units stand on each agenda.

    What comes back by itself takes nobody's place; of restricted topics nobody learns by a refusal.
    """
    statement = (
        select(AgendaItem.meeting_id, func.count())
        .join(Item, Item.id == AgendaItem.item_id)
        .where(
            AgendaItem.meeting_id.in_(meeting_ids),
            AgendaItem.kind == "topic",
            Item.state == "accepted",
            ~Item.confidential,
        )
        .group_by(AgendaItem.meeting_id)
    )
    return dict(connection.execute(statement).all())


def read_consent(consent: Mapping[str, Any] | None) -> frozenset[int]:
    """Return the departments that countersigned a topic as it stands: those that agreed."""
    return frozenset((consent or {}).get("agreed", ()))


def _read_decisions(connection: Connection, ids: list[int], today: date) -> dict[int, MeetingFacts]:  # noqa: ARG001  # as the others
    # A task that was cancelled carries nothing out any more: the office settles the decision itself.
    rows = connection.execute(
        select(Decision.item_id, Decision.is_information, Item.id.is_not(None) & (Item.state != "cancelled"))
        .outerjoin(Item, Item.id == Decision.task_id)
        .where(Decision.item_id.in_(ids))
    )
    return {row[0]: MeetingFacts(is_information=row[1], has_task=bool(row[2])) for row in rows}


_READERS = {
    "leadership_group": _read_groups,
    "meeting": _read_meetings,
    "agenda_item": _read_topics,
    "decision": _read_decisions,
}
