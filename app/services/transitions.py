"""The one way in which a state changes.

Order: permission (404 when the caller may not see it, 403 when it may see but not act), version (412), state and
guards (409), fields (422); then the guarded UPDATE, one history row, one audit row, the effects' rows, the
messages owed, the readers where they change, the next clocks. The edge commits; nothing is sent in here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.core.errors import ConflictError, ForbiddenError, NotFoundError, Sentence, StaleError
from app.core.watch.tally import note_transition
from app.models.item import Item
from app.policy import access
from app.policy.people import Actor, find_holders
from app.services import clocks, effects, facts, idempotency
from app.services.fund.standing import say_short
from app.services.input import read_fields
from app.services.loading import Loaded, load, load_for_actor, refuse_archived
from app.services.meeting.record.decision_effects import settle_by_task
from app.services.on_item.evidence import say_unanswered
from app.services.recording import Acting, plain, write_audit, write_history, write_outbox
from app.services.rulebook import Rulebook
from app.services.signing import binding, moving, papers, rounds
from app.services.signing.input import MOVES, PAPER_MOVES
from app.services.submission import OWN_SUBMISSION, find_last_people, name_submitting, refuse_own, several_fit
from app.services.working import FollowUp, Work
from workflows.interpreter import CompiledStep, Machine
from workflows.machine import Target
from workflows.roles import Capacity, Role, resolve
from workflows.words import Text


@dataclass(frozen=True, slots=True)
class Request:
    """What a caller wants done to an item. `version` is what the caller last saw (If-Match)."""

    action: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    key: str | None = None
    as_post: int | None = None
    source: str = "api"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The item after the step; `is_replay` when an earlier answer was given again."""

    answer: dict[str, Any]
    is_replay: bool = False


def perform(session: Session, book: Rulebook, actor_id: int, now: datetime, item_id: int, request: Request) -> Outcome:
    """Take one step; idempotent per (actor, key).

    Raises NotFoundError, ForbiddenError, StaleError, ConflictError, InvalidError; nothing is written then once
    the edge rolls back.
    """
    connection = session.connection()
    if request.key is not None:
        content = {"item": item_id, "action": request.action, "fields": request.fields, "as": request.as_post}
        kept = idempotency.claim(connection, actor_id, request.key, idempotency.hash_request(content), now)
        if kept is not None:
            return Outcome(kept.answer, is_replay=True)
    today = now.astimezone(book.zone).date()
    item, actor = load_for_actor(connection, item_id, actor_id, now, today, lock=True)
    machine = book.machine(connection, item.kind, item.workflow_version)
    if request.action in MOVES:
        answer = _act_on_round(connection, book, machine, item, actor, now, today, request)
    else:
        answer = _step(connection, book, machine, item, actor, now, today, request)
    if request.key is not None:
        idempotency.keep(connection, actor_id, request.key, 200, answer)
    return Outcome(answer)


def _step(
    connection: Connection, book: Rulebook, machine: Machine, item: Loaded, actor: Actor, now: datetime, today: date,
    request: Request,
) -> dict[str, Any]:  # fmt: skip
    if request.action not in machine.actions:
        raise NotFoundError("没有这个操作。", f"There is no action {request.action!r} here.")
    if item.sign_off_id is not None and request.action in machine.held:
        _refuse_held(connection, machine, rounds.lock_again(connection, item), request.action)
    capacity, role = _admit(connection, machine, item, actor, today, request)
    if request.version != item.version:
        raise StaleError(item.version, request.version)
    step = _step_here(machine, item, request.action)
    found = facts.gather(
        connection, item, today, step.rests_on, request.fields, since=day_start(book, today),
        terms=book.rules(connection, item.rule_set_id).terms, machine=machine,
    )  # fmt: skip
    for guard in step.only_if:
        if not guard.holds(found):
            missing = facts.find_unanswered(item, request.fields) if guard.code == "criteria_answered" else None
            said = say_unanswered(connection, item.id, missing) if missing else _sentence(guard.says)
            if guard.code == "over_balance":
                said = say_short(found.money)
            raise ConflictError(guard.code, said)
    values = read_fields(step, request.fields, found)
    acting = Acting(actor.person_id, role.name, capacity)
    work = Work(connection, book, machine, item, step, acting, now, today, request.source, values)
    if step.allows_own and step.not_by is not None:
        work.is_own = not capacity.people.isdisjoint(find_last_people(connection, item, step.not_by))
    return advance(work)


def _refuse_held(connection: Connection, machine: Machine, item: Loaded, action: str) -> None:
    """Raise ConflictError for a step that the running round of signatures closes."""
    open_ = rounds.read_round(connection, machine, item)
    refusal = open_.find_refusal(action) if open_ is not None else None
    if refusal is not None:
        raise ConflictError(*refusal)


def day_start(book: Rulebook, today: date) -> datetime:
    """Return when the city's day began."""
    return datetime.combine(today, time(), tzinfo=book.zone).astimezone(UTC)


def _sentence(text: Text) -> Sentence:
    return Sentence(text.zh, text.en)


def _step_here(machine: Machine, item: Loaded, action: str) -> CompiledStep:
    step = machine.steps.get((item.state, action))
    if step is not None:
        return step
    label = machine.states[item.state].label
    name = next(s.label for (_, known), s in machine.steps.items() if known == action)
    raise ConflictError(
        "wrong_state",
        Sentence(f"事项现为“{label.zh}”，不能{name.zh}。", f"The item is {label.en}; {name.en!r} is not open now."),
    )


def _admit(
    connection: Connection, machine: Machine, item: Loaded, actor: Actor, today: date, request: Request
) -> tuple[Capacity, Role]:
    """Return the capacity and role in which the actor may take the action; ForbiddenError when there is none."""
    here = machine.steps.get((item.state, request.action))
    steps = [here] if here else [s for (_, action), s in machine.steps.items() if action == request.action]
    roles = [role for step in steps for role in step.who]
    found = find_capacities(connection, roles, item, actor, today)
    if request.as_post is not None:
        found = [pair for pair in found if pair[0].post_id == request.as_post]
    if not found:
        who = "、".join(dict.fromkeys(role.label.zh for role in roles))
        who_en = ", ".join(dict.fromkeys(role.label.en for role in roles))
        raise ForbiddenError("not_yours", Sentence(f"此操作由{who}办理。", f"This is for {who_en}."))
    if here is not None and here.not_by is not None and not here.allows_own:
        found = refuse_own(found, find_last_people(connection, item, here.not_by))
    if len({capacity.post_id for capacity, _ in found}) > 1:
        raise several_fit(capacity for capacity, _ in found)
    return found[0]


def find_capacities(
    connection: Connection, roles: list[Role], item: Loaded, actor: Actor, today: date
) -> list[tuple[Capacity, Role]]:
    """Return the actor's posts that fit one of `roles`, with the role; a vacant role is filled by its stand-ins.

    One pair a post and holder, the first fitting role; posts of the actor's own first.
    """
    return match_capacities(roles, item, actor, lambda: find_holders(connection, list_departments_of(item), today))


def match_capacities(
    roles: list[Role], item: Loaded, actor: Actor, find: Callable[[], Iterable[Capacity]]
) -> list[tuple[Capacity, Role]]:
    """Return the same with the holders that `find` gives; it is asked only where a vacancy may matter."""
    place = item.place
    found: dict[tuple[int, int], tuple[Capacity, Role]] = {}
    for capacity in actor.capacities:
        for role in roles:
            if role.fits(capacity, place):
                found.setdefault((capacity.post_id, capacity.holder_id), (capacity, role))
    if found or not any(can_stand_in(capacity) for capacity in actor.capacities):
        return list(found.values())
    holders = (*find(), *actor.lent)
    for role in roles:
        if not role.duties:
            continue
        for capacity in resolve(role, place, holders):
            if capacity.person_id == actor.person_id:
                found.setdefault((capacity.post_id, capacity.holder_id), (capacity, role))
    return list(found.values())


def list_departments_of(item: Loaded) -> list[int]:
    """Return the departments among whose posts somebody is looked for before a stand-in is."""
    above = (item.owner_department_id, item.section_id, item.parent_department_id)
    return [department_id for department_id in (*above, *item.support_ids) if department_id]


def can_stand_in(capacity: Capacity) -> bool:
    """Whether a post may come in for a vacant role at all."""
    return capacity.duty.value in ("head", "office")


_UPDATE = (
    update(Item)
    .where(Item.id == bindparam("b_id"), Item.version == bindparam("b_version"), Item.state == bindparam("b_state"))
)  # fmt: skip


def advance(work: Work, *, by_person: bool = True) -> dict[str, Any]:
    """Write an admitted step: the item, its records, its effects, its readers and its clocks."""
    item, step = work.item, work.step
    for name in step.then:
        if name in effects.BEFORE:
            effects.BEFORE[name](work)
    before = item.state
    target = _target(work)
    is_move = step.target != Target.STAY.value
    changes = work.changes | _moves(work, target, is_move=is_move, by_person=by_person)
    if changes:
        guard = {"b_id": item.id, "b_version": item.version, "b_state": before}
        if work.connection.execute(_UPDATE, guard | changes).rowcount != 1:
            current = work.connection.execute(select(Item.version).where(Item.id == item.id)).scalar_one()
            raise StaleError(current, item.version)
    was_open, old_due = item.closed_at is None, item.due_on
    for name, value in changes.items():
        setattr(item, name, value) if hasattr(item, name) else None
    data: dict[str, Any] = dict(work.values) | ({OWN_SUBMISSION: True} if work.is_own else {})
    write_history(work.connection, item, work.acting, work.now,
                  action=step.action, from_state=before, to_state=target, data=data)  # fmt: skip
    write_audit(work.connection, work.acting, work.now, action=step.action, source=work.source, item_id=item.id,
                before={"state": before, "version": item.version - (1 if "version" in changes else 0)},
                after={name: plain(value) for name, value in changes.items()})  # fmt: skip
    _follow(work, before, target, was_open=was_open, old_due=old_due, is_move=is_move)
    if was_open and item.closed_at is not None:
        _drop_requests(work)
    if item.kind == "task" and was_open != (item.closed_at is None):
        settle_by_task(work)
    for follow_up in work.follow_ups:
        _follow_up(work, follow_up)
    note_transition(item.kind, step.action)
    return {"id": item.id, "kind": item.kind, "state": item.state, "version": item.version}


def _drop_requests(work: Work) -> None:
    """Cancel what was asked about an item that is closed now: nobody decides it any more."""
    pending = work.connection.execute(
        select(Item.id).where(Item.parent_id == work.item.id, Item.kind == "request", Item.closed_at.is_(None))
    ).scalars()
    note = "原事项已办结 / the item is closed"
    work.follow_ups += [FollowUp(request_id, "cancel", {"note": note}) for request_id in pending.all()]


def _follow_up(work: Work, follow_up: FollowUp) -> None:
    """Take a step on another item for the product; ConflictError when that item does not allow it."""
    item = load(work.connection, follow_up.item_id)
    acting = Acting(work.acting.person_id, "system", work.acting.capacity)
    take(
        work.connection, work.book, acting, work.now, item, follow_up.action, follow_up.values, source=work.source,
        is_quiet=follow_up.is_quiet,
    )  # fmt: skip


def take(
    connection: Connection, book: Rulebook, acting: Acting, now: datetime, item: Loaded, action: str,
    values: dict[str, Any], *, source: str, is_quiet: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Take a step on an item for the product itself, guards and all; `values` are typed already.

    Of a quiet one nobody is told, nor of what follows from it.
    """
    refuse_archived(item)
    machine = book.machine(connection, item.kind, item.workflow_version)
    step = _step_here(machine, item, action)
    today = now.astimezone(book.zone).date()
    found = facts.gather(connection, item, today, step.rests_on - {"urges"}, values)
    for guard in step.only_if:
        if not guard.holds(found):
            raise ConflictError(guard.code, _sentence(guard.says))
    work = Work(connection, book, machine, item, step, acting, now, today, source, values, is_quiet=is_quiet)
    return advance(work)


def _target(work: Work) -> str:
    match work.step.target:
        case Target.STAY:
            return work.item.state
        case Target.BACK:
            return work.item.paused_state or work.machine.start
        case Target.EARLIER:
            return str(work.values["to_state"])
        case name:
            return name


def _moves(work: Work, target: str, *, is_move: bool, by_person: bool) -> dict[str, Any]:
    """Return the columns that the move itself changes."""
    item, step = work.item, work.step
    moves: dict[str, Any] = {}
    if is_move:
        state = work.machine.states[target]
        moves |= {"state": target, "state_seq": item.state_seq + 1, "state_since": work.now}
        if state.is_pause:
            moves["paused_state"] = item.state
        elif item.paused_state is not None:
            moves["paused_state"] = None
        if state.is_open != (item.closed_at is None):
            moves["closed_at"] = None if state.is_open else work.now
    if step.is_progress and by_person:
        moves["last_progress_at"] = work.now
    if by_person or is_move:
        moves["version"] = item.version + 1
    return moves


def _follow(work: Work, before: str, target: str, *, was_open: bool, old_due: date | None, is_move: bool) -> None:
    item, step, connection = work.item, work.step, work.connection
    if is_move:
        rounds.leave(work, before, target)
    if step.opens is not None:
        rounds.open_round(work, step.opens)
    for name in step.then:
        if name in effects.AFTER:
            effects.AFTER[name](work)
    if step.opens is None:
        binding.renew(work)
    payload = {"action": step.action, "from": before, "to": target, "title": item.title, **work.values}
    if step.tells and not work.is_quiet:
        write_outbox(connection, item, step.tells, work.place, work.now, topic=f"{item.kind}.{step.action}",
                     payload=payload)  # fmt: skip
    is_open = item.closed_at is None
    if work.readers_changed:
        access.refresh(connection, [item.id])
    elif is_open != was_open or item.due_on != old_due:
        access.mark(connection, item.id, is_open=is_open, due_on=item.due_on)
    clocks.reset_episodes(connection, work.book, work.machine, item, work.now)
    pauses = before != target and (work.machine.states[target].is_pause or work.machine.states[before].is_pause)
    if pauses or work.children_changed:
        clocks.reset_below(connection, work.book, item.id, work.now)
    if work.light_changed or pauses or is_open != was_open or item.due_on != old_due:
        clocks.refresh_light(connection, work.book, work.machine, item, work.now)


def _act_on_round(
    connection: Connection, book: Rulebook, machine: Machine, item: Loaded, actor: Actor, now: datetime, today: date,
    request: Request,
) -> dict[str, Any]:  # fmt: skip
    """Sign, or move the signers; whoever completes the rule fires the next step, once."""
    item = rounds.lock_again(connection, item)
    open_ = rounds.read_round(connection, machine, item)
    if open_ is None:
        raise ConflictError("no_sign_off", Sentence("目前没有待签事项。", "Nothing waits for signatures here."))
    opener = next(step for step in machine.steps.values() if step.opens and step.opens.name == open_.name)
    act = moving.Act(
        connection, item, actor, now, today, request.action, request.fields, request.version, request.as_post,
        request.source, find_last_people(connection, item, name_submitting(opener)), book.zone,
    )  # fmt: skip
    done = papers.act_on(act, open_) if request.action in PAPER_MOVES else moving.act_on(act, open_)
    decision = done.round_.decide()
    if decision is not None:
        rounds.close_round(connection, open_.id, decision, now)
        item.sign_off_id = None
        action = open_.rule.completed if decision == "agreed" else open_.rule.refused
        step = machine.steps[item.state, action]
        values = {"reason": done.remark or "—"} if decision == "refused" else {}
        system = Acting(actor.person_id, "system", done.capacity)
        work = Work(connection, book, machine, item, step, system, now, today, request.source, values)
        advance(work, by_person=False)
    return {"id": item.id, "kind": item.kind, "state": item.state, "version": item.version, "sign_off": decision}
