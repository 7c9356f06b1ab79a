"""What a step sets off, by the names that the workflow tables use; a test checks that used = registered.

`before` effects run ahead of the guarded update and may change the item's own columns; `after` effects run
behind it and write other rows.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import insert, or_, select, update
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.models.item import Criterion, Item, Phase, Project, Share, Support, Task
from app.models.ledger import ProgressSnapshot
from app.models.organisation import Holding, Person, Post
from app.policy import access
from app.services.clocks import reset_episodes
from app.services.entering import NewItem, enter_items
from app.services.fund import allocation_effects, money_effects, payment_effects
from app.services.loading import Loaded, load
from app.services.meeting import meeting_effects
from app.services.meeting.group import effects as group_effects
from app.services.meeting.notice import inviting
from app.services.meeting.record import decision_effects, minutes
from app.services.meeting.topic import effects as topic_effects
from app.services.on_item import evidence
from app.services.recording import Acting, write_audit, write_history
from app.services.supervision import handing, overriding, reporting, requesting, slip_effects, splitting, urging
from app.services.working import Work
from workflows.interpreter import Machine

Effect = Callable[[Work], None]


def set_assignee(work: Work) -> None:
    """Put the chosen person in charge; only who holds a post in the item's department can be chosen."""
    person_id = work.values["person"]
    found = work.connection.execute(
        select(Person.id)
        .join(Holding, Holding.person_id == Person.id)
        .join(Post, Post.id == Holding.post_id)
        .where(
            Person.id == person_id,
            Person.is_active,
            Post.department_id.in_([u for u in (work.item.owner_department_id, work.item.section_id) if u is not None]),
            Post.duty.in_(("head", "member")),
            Holding.from_on <= work.today,
            or_(Holding.to_on.is_(None), Holding.to_on > work.today),
        )
        .limit(1)
    ).first()
    if found is None:
        wanted = Sentence("承办人须是本部门现任工作人员。", "The assignee must hold a post in the item's department.")
        raise InvalidError([Fault("person", wanted)])
    work.changes["assignee_id"] = person_id
    work.readers_changed = True


def record_progress(work: Work) -> None:
    """Write the reported percentage and forecast where the kind keeps them; implausible ones are refused first."""
    reporting.require_plausible(work)
    if work.item.kind in reporting.RHYTHMIC:
        reporting.lock_item(work)
    reporting.answer_reports(work)
    given: dict[str, Any] = {key: work.values[key] for key in ("progress_pct", "forecast_on") if key in work.values}
    if not given:
        return
    table: Any = {"project": Project, "task": Task, "share": Share}[work.item.kind]
    work.connection.execute(update(table).where(table.item_id == work.item.id).values(**given))
    work.item.progress_pct = given.get("progress_pct", work.item.progress_pct)
    work.item.forecast_on = given.get("forecast_on", work.item.forecast_on)
    work.light_changed = True
    if work.item.kind != "share":
        _keep_snapshot(work, given)


def _keep_snapshot(work: Work, given: dict[str, Any]) -> None:
    """Keep the report as the day's snapshot: what the monthly report compares."""
    reported = {"state": work.item.state, "text": work.values.get("text"), **given}
    mine = (ProgressSnapshot.item_id == work.item.id) & (ProgressSnapshot.as_of_on == work.today)
    if work.connection.execute(update(ProgressSnapshot).where(mine).values(**reported)).rowcount == 0:
        row = {"item_id": work.item.id, "as_of_on": work.today, **reported}
        work.connection.execute(insert(ProgressSnapshot).values(row))


def answer_criteria(work: Work) -> None:
    """Write the answers that came with the submission."""
    reporting.answer_reports(work)
    evidence.write_files(work.connection, work.item.id, work.values.get(evidence.ANSWER_FILES) or {})
    for seq, answer in (work.values.get("answers") or {}).items():
        if not answer:
            continue
        work.connection.execute(
            update(Criterion)
            .where(Criterion.item_id == work.item.id, Criterion.seq == int(seq))
            .values(answer=answer, evidence=work.values.get("evidence"))
        )


def shift_due(work: Work) -> None:
    """Move the due date by the working days suspended, or to the office's new date; those below move along."""
    calendar = work.book.calendar(work.connection, work.item.calendar_revision)
    suspended_on = calendar.local_date(work.item.state_since)
    away = calendar.workdays_between(suspended_on, work.today)
    new = work.values.get("new_due_on")
    if work.item.due_on is not None or new is not None:
        moved = new if new is not None else calendar.add_workdays(_known(work.item.due_on), away)
        work.changes["due_on"] = moved
        work.changes["due_source"] = "typed" if new is not None else "computed"
        work.changes["due_basis"] = None if new is not None else _basis(work.item.due_on, away)
    rows = work.connection.execute(
        select(Item.id, Item.due_on).where(
            Item.parent_id == work.item.id, Item.closed_at.is_(None), Item.due_on.is_not(None)
        )
    ).all()
    for child_id, due_on in rows:
        moved = calendar.add_workdays(_known(due_on), away)
        work.connection.execute(
            update(Item)
            .where(Item.id == child_id)
            .values(due_on=moved, due_source="computed", due_basis=_basis(due_on, away))
        )
        access.mark(work.connection, child_id, is_open=True, due_on=moved)
        work.children_changed = True
        write_audit(
            work.connection, work.acting, work.now, action="shift_due", source=work.source, item_id=child_id,
            before={"due_on": due_on}, after={"due_on": moved},
        )  # fmt: skip


def _basis(due_on: date | None, away: int) -> dict[str, object]:
    return {"from": _known(due_on).isoformat(), "workdays": away}


def _known(due_on: date | None) -> date:
    if due_on is None:
        raise AssertionError("only dates that are set are moved")
    return due_on


def open_shares(work: Work) -> None:
    """Make an item of every supporting department's part, unless it has a share that was not cancelled."""
    taken = set(
        work.connection.execute(
            select(Item.owner_department_id).where(
                Item.parent_id == work.item.id, Item.kind == "share", Item.state != "cancelled"
            )
        ).scalars()
    )
    supports = work.connection.execute(
        select(Support.department_id, Support.owes, Support.due_on)
        .where(Support.item_id == work.item.id)
        .order_by(Support.department_id)
    ).all()
    new = [
        NewItem(
            kind="share",
            title=owes or work.item.title,
            parent_id=work.item.id,
            owner_department_id=department_id,
            due_on=due_on or work.item.due_on,
            confidential=work.item.confidential,
            details={"deliverable": owes or work.item.title},
        )
        for department_id, owes, due_on in supports
        if department_id not in taken
    ]
    enter_items(work.connection, work.book, work.acting, work.now, new, source=work.source)


def cancel_children(work: Work) -> None:
    """Cancel every open item below; each gets its history row."""
    _cancel_below(work, work.item.id)


def _cancel_below(work: Work, parent_id: int) -> None:
    ids = work.connection.execute(
        select(Item.id).where(Item.parent_id == parent_id, Item.closed_at.is_(None)).order_by(Item.id).with_for_update()
    ).scalars()
    acting = Acting(work.acting.person_id, "system", work.acting.capacity)
    for child_id in ids.all():
        _cancel_below(work, child_id)
        child = load(work.connection, child_id)
        machine = work.book.machine(work.connection, child.kind, child.workflow_version)
        before = child.state
        step = machine.steps.get((before, "cancel"))
        if step is None:
            raise _not_cancellable(machine, child)
        ended = step.target
        work.connection.execute(
            update(Item)
            .where(Item.id == child_id)
            .values(
                state=ended,
                state_seq=child.state_seq + 1,
                state_since=work.now,
                closed_at=work.now,
                paused_state=None,
                version=child.version + 1,
            )
        )
        child.state, child.closed_at, child.paused_state = ended, work.now, None
        access.mark(work.connection, child_id, is_open=False, due_on=child.due_on)
        data = {"reason": work.values.get("reason"), "above": work.item.id}
        write_history(
            work.connection,
            child,
            acting,
            work.now,
            action="cancel",
            from_state=before,
            to_state=ended,
            data=data,
        )
        write_audit(
            work.connection, acting, work.now, action="cancel", source=work.source, item_id=child_id,
            before={"state": before}, after={"state": ended},
        )  # fmt: skip
        reset_episodes(work.connection, work.book, machine, child, work.now)
        below = Work(
            work.connection, work.book, machine, child, step, acting, work.now, work.today, work.source,
            {"note": work.values.get("reason")},
        )  # fmt: skip
        for name in step.then:
            AFTER[name](below)


def _not_cancellable(machine: Machine, item: Loaded) -> ConflictError:
    label = machine.states[item.state].label
    said = Sentence(
        f"下级事项“{item.title}”（编号{item.id}）现为“{label.zh}”，须先办结。",
        f"The item below, {item.title!r} (id {item.id}), is {label.en}: it must be ended first.",
    )
    return ConflictError("below_not_ended", said)


def enter_first_phase(work: Work) -> None:
    """Begin the first phase of the project's template."""
    _enter_phase(work, 1)


def enter_next_phase(work: Work) -> None:
    """Pass the present phase's gate with evidence and decision, and begin the next one."""
    seq = _present_phase(work.connection, work.item.id)
    _pass_phase(work, seq)
    _enter_phase(work, seq + 1)


def leave_last_phase(work: Work) -> None:
    """Pass the last phase's gate with the close-out's evidence."""
    seq = _present_phase(work.connection, work.item.id)
    if seq:
        _pass_phase(work, seq)


def _present_phase(connection: Connection, project_id: int) -> int:
    return int(connection.execute(select(Project.phase_seq).where(Project.item_id == project_id)).scalar_one())


def _pass_phase(work: Work, seq: int) -> None:
    work.connection.execute(
        update(Phase)
        .where(Phase.project_id == work.item.id, Phase.seq == seq)
        .values(passed_at=work.now, gate_evidence=work.values["evidence"], gate_decision=work.values.get("decision"))
    )


def _enter_phase(work: Work, seq: int) -> None:
    phase = update(Phase).where(Phase.project_id == work.item.id, Phase.seq == seq)
    work.connection.execute(phase.values(entered_at=work.now))
    work.connection.execute(update(Project).where(Project.item_id == work.item.id).values(phase_seq=seq))
    if work.item.start_on is None:
        work.connection.execute(update(Project).where(Project.item_id == work.item.id).values(start_on=work.today))
        work.item.start_on = work.today
        work.light_changed = True


BEFORE: dict[str, Effect] = {
    "set_assignee": set_assignee,
    "record_progress": record_progress,
    "shift_due": shift_due,
    "set_owner": handing.set_owner,
    "give_full_period": handing.give_full_period,
    "set_due": handing.set_due,
    "set_section": handing.set_section,
    "clear_section": handing.clear_section,
    "set_override": overriding.set_override,
    "clear_override": overriding.clear_override,
    "set_rhythm": reporting.set_rhythm,
    "give_number": slip_effects.give_number,
    "set_answer_limit": slip_effects.set_answer_limit,
    "write_answer": slip_effects.write_answer,
    "mark_appeal": slip_effects.mark_appeal,
    "settle_amount": allocation_effects.settle_amount,
    "give_allocation_number": allocation_effects.give_allocation_number,
    "lock_transfer": money_effects.lock_transfer,
    "move_meeting": meeting_effects.move_meeting,
    "end_meeting": meeting_effects.end_meeting,
    "set_cosign_limit": meeting_effects.set_cosign_limit,
    "free_due": meeting_effects.free_due,
    "complete_decision": decision_effects.complete_decision,
    "correct_minutes": minutes.correct_minutes,
}
AFTER: dict[str, Effect] = {
    "answer_criteria": answer_criteria,
    "open_shares": open_shares,
    "cancel_children": cancel_children,
    "enter_first_phase": enter_first_phase,
    "enter_next_phase": enter_next_phase,
    "leave_last_phase": leave_last_phase,
    "renew_shares": handing.renew_shares,
    "split_parts": splitting.split_parts,
    "merge_into": splitting.merge_into,
    "take_in": splitting.take_in,
    "urge": urging.urge,
    "file_extension": requesting.file_extension,
    "file_suspension": requesting.file_suspension,
    "file_resumption": requesting.file_resumption,
    "file_dispute": requesting.file_dispute,
    "file_reassignment": requesting.file_reassignment,
    "file_light": requesting.file_light,
    "grant_request": requesting.grant_request,
    "release_subject": requesting.release_subject,
    "write_demand": slip_effects.write_demand,
    "charge_department": slip_effects.charge_department,
    "refund_department": slip_effects.refund_department,
    "close_if_settled": slip_effects.close_if_settled,
    "reserve_money": allocation_effects.reserve_money,
    "commit_money": allocation_effects.commit_money,
    "release_money": allocation_effects.release_money,
    "start_notice": allocation_effects.start_notice,
    "record_objection": allocation_effects.record_objection,
    "answer_objection": allocation_effects.answer_objection,
    "keep_results": allocation_effects.keep_results,
    "keep_evaluation": allocation_effects.keep_evaluation,
    "file_disbursement": money_effects.file_disbursement,
    "meet_milestone": money_effects.meet_milestone,
    "propose_transfer": money_effects.propose_transfer,
    "make_transfer": money_effects.make_transfer,
    "drop_transfer": money_effects.drop_transfer,
    "warn_idle": money_effects.warn_idle,
    "take_back_money": money_effects.take_back_money,
    "correct_payee": payment_effects.correct_payee,
    "give_order_number": payment_effects.give_order_number,
    "pay_money": payment_effects.pay_money,
    "file_spending": payment_effects.file_spending,
    "file_return": payment_effects.file_return,
    "accept_spending": payment_effects.accept_spending,
    "refuse_spending": payment_effects.refuse_spending,
    "reverse_payment": payment_effects.reverse_payment,
    "seat_members": group_effects.seat_members,
    "apply_change": group_effects.apply_change,
    "drop_change": group_effects.drop_change,
    "adopt_rules": group_effects.adopt_rules,
    "drop_rules": group_effects.drop_rules,
    "empty_seats": group_effects.empty_seats,
    "gather_topics": meeting_effects.gather_topics,
    "number_topics": meeting_effects.number_topics,
    "freeze_agenda": meeting_effects.freeze_agenda,
    "send_invitations": inviting.send_invitations,
    "send_changes": inviting.send_changes,
    "set_chair": meeting_effects.set_chair,
    "begin_meeting": meeting_effects.begin_meeting,
    "mark_short": meeting_effects.mark_short,
    "suspend_meeting": meeting_effects.suspend_meeting,
    "cancel_meeting": meeting_effects.cancel_meeting,
    "issue_minutes": minutes.issue_minutes,
    "keep_consent": topic_effects.keep_consent,
    "keep_dissent": topic_effects.keep_dissent,
    "ask_chair": topic_effects.ask_chair,
    "overrule": topic_effects.overrule,
    "put_on_agenda": topic_effects.put_on_agenda,
    "merge_topic": topic_effects.merge_topic,
    "defer_topic": topic_effects.defer_topic,
    "leave_agenda": topic_effects.leave_agenda,
    "keep_outcome": topic_effects.keep_outcome,
    "clear_outcome": topic_effects.clear_outcome,
    "make_task": decision_effects.make_task,
    "settle_decision": decision_effects.settle_decision,
    "unsettle_decision": decision_effects.unsettle_decision,
}
