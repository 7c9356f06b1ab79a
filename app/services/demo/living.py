"""What the people of the city do on a working day by themselves: receive, report, submit, accept, sign, verify.

Each matter goes as its character has it; at most one step of each a day, so that everything takes its time.
"""

from collections.abc import Iterable
from datetime import datetime

from app.services.demo.character import Character, draw
from app.services.demo.looking import Open, count_steps, find_criteria, list_open, list_unsigned
from app.services.demo.papers import decide_request, handle_slip
from app.services.demo.reporting import report_project, report_share, report_task
from app.services.demo.script import Script
from app.services.demo.stage import Stage

#: A task is assigned at the latest so many working days before its due date.
_ASSIGNED_BEFORE = 30
#: Who is told nothing new is urged so often.
_URGE_DAYS = 6
_URGED_FROM_RUNG = 2
_NEVER = 10_000
#: A share is handed in so many working days before its task is to be.
_SHARE_BEFORE = 4
#: Nobody reports on a share more often.
_SHARE_CADENCE = 14


def live_day(script: Script) -> None:
    """Have everybody do their work of today."""
    items = {item.id: item for item in list_open(script.stage.session.connection())}
    for item in items.values():
        if item.kind != "request" and (item.parent_paused or item.state == "suspended"):
            continue
        match item.kind:
            case "task":
                _work_on_task(script, item, items)
            case "share":
                _work_on_share(script, item)
            case "request":
                decide_request(script, item)
            case "slip":
                handle_slip(script, item)
            case "project":
                report_project(script, item)
    _sign(script)


def find_character(script: Script, item: Open) -> Character:
    """Return how a matter fares; shares, slips and requests follow the item above them."""
    return script.characters.get(item.id) or _draw_share(script, item)


def _draw_share(script: Script, item: Open) -> Character:
    stage = script.stage
    above = script.characters.get(item.parent_id or 0)
    codes = {department_id: code for code, department_id in stage.departments.items()}
    code = codes[item.owner_id or 0]
    traits = dict((above.shares or {}).get(code, {})) if above else {}
    dice = stage.chance(f"{stage.keys.get(item.parent_id or 0, item.parent_id)}/share:{code}")
    found = draw(dice, {"luck": "timely", "finish": -dice.randint(3, 6), "is_returned": False, **traits})
    script.characters[item.id] = found
    return found


def _days_in_state(stage: Stage, since: datetime) -> int:
    return stage.passed(stage.calendar.local_date(since))


def _work_on_task(script: Script, item: Open, items: dict[int, Open]) -> None:
    stage, character = script.stage, find_character(script, item)
    if character.stop == item.state:
        _urge(stage, item, character)
        return
    days = _days_in_state(stage, item.state_since)
    match item.state:
        case "draft" if _is_time(script, item, items, character):
            stage.do(stage.officer(item.id, is_confidential=item.confidential), item.id, "assign")
        case "assigned" if days >= character.receive:
            stage.do(_find_worker(stage, item) or stage.head(item.owner_id), item.id, "receive")
        case "received" if days >= character.start:
            _begin(stage, item)
        case "in_progress":
            _advance_task(script, item, items, character, days)
        case "submitted" if days >= character.verify and item.id not in _collecting(script):
            _verify(stage, item, character)
        case _:
            _urge(stage, item, character)


def _is_time(script: Script, item: Open, items: dict[int, Open], character: Character) -> bool:
    stage = script.stage
    if character.assign is not None:
        return stage.day >= character.assign
    place = script.places.get(item.id)
    if place is None:
        return item.due_on is not None and item.owner_id is not None
    project = items.get(item.parent_id or 0)
    if project is None or project.state != "in_progress" or (project.phase_seq or 0) < place.phase_seq:
        return False
    waits = any(before in items for before in place.after)
    near = item.due_on is not None and stage.after(_ASSIGNED_BEFORE) >= item.due_on
    return near or not waits


def _find_worker(stage: Stage, item: Open) -> str | None:
    """Return who works on an item: its assignee, else a member of the section or of the department.

    What is confidential its head does alone.
    """
    if item.confidential:
        return None
    if item.assignee_id is not None:
        return next(login for login, person_id in stage.people.items() if person_id == item.assignee_id)
    return stage.staff(item.section_id or item.owner_id, str(item.id))


def find_actor_for(stage: Stage, item: Open) -> str:
    """Return who takes the department's steps on an item."""
    if item.assignee_id is not None:
        return _find_worker(stage, item) or stage.head(item.owner_id)
    return (_find_worker(stage, item) if item.section_id else None) or stage.head(item.owner_id)


def _begin(stage: Stage, item: Open) -> None:
    worker = _find_worker(stage, item)
    if item.assignee_id is None and worker is not None and item.kind == "task":
        stage.do(stage.head(item.owner_id), item.id, "appoint", {"person": stage.people[worker]})
        return
    stage.do(worker or stage.head(item.owner_id), item.id, "start")


def _advance_task(script: Script, item: Open, items: dict[int, Open], character: Character, days: int) -> None:
    stage = script.stage
    if _is_due(stage, item, character) and days > 1 and not _has_open_share(item, items.values()):
        stage.do(find_actor_for(stage, item), item.id, "submit", _hand_in(script, item, character))
        return
    last = item.last_progress_at or item.state_since
    if _days_in_state(stage, last) >= character.cadence and not character.is_silent(stage.day):
        report_task(script, item, character, find_actor_for(stage, item))
        return
    _urge(stage, item, character)


def _is_due(stage: Stage, item: Open, character: Character) -> bool:
    if character.finish is None or item.due_on is None:
        return False
    return stage.today >= stage.calendar.add_workdays(item.due_on, character.finish)


def _has_open_share(item: Open, items: Iterable[Open]) -> bool:
    return any(other.parent_id == item.id and other.kind == "share" for other in items)


def _hand_in(script: Script, item: Open, character: Character) -> dict[str, object]:
    stage = script.stage
    evidence = character.evidence or stage.say("evidence", str(item.id), title=item.title)
    fields: dict[str, object] = {"evidence": evidence}
    criteria = find_criteria(stage.session.connection(), item.id)
    if criteria:
        fields["answers"] = {
            str(seq): stage.say("answers_to_criteria", str(item.id), wanted=wanted) for seq, wanted in criteria
        }
    if item.due_on is not None and item.due_on < stage.today:
        fields["late_reason"] = character.late_reason or stage.say("late_reasons", str(item.id))
    return fields


def _collecting(script: Script) -> set[int]:
    return {one.item_id for one in list_unsigned(script.stage.session.connection())}


def _verify(stage: Stage, item: Open, character: Character) -> None:
    login = stage.officer(item.id, is_confidential=item.confidential)
    if character.is_returned and not count_steps(stage.session.connection(), item.id, "return"):
        stage.do(login, item.id, "return", {"reason": stage.say("return_reasons", str(item.id))})
        return
    stage.do(login, item.id, "verify", {"opinion": stage.say("verify_opinions", str(item.id))})


def _work_on_share(script: Script, item: Open) -> None:
    stage, character = script.stage, find_character(script, item)
    if character.stop == item.state:
        _urge(stage, item, character)
        return
    days = _days_in_state(stage, item.state_since)
    match item.state:
        case "assigned" if days >= character.receive:
            stage.do(_find_worker(stage, item) or stage.head(item.owner_id), item.id, "receive")
        case "received" if days >= character.start:
            _begin(stage, item)
        case "in_progress":
            _advance_share(script, item, character)
        case "submitted" if days >= character.verify:
            login = stage.head(item.parent_owner_id)
            if character.is_returned and not count_steps(stage.session.connection(), item.id, "return"):
                stage.do(login, item.id, "return", {"reason": stage.say("return_reasons", str(item.id))})
            else:
                stage.do(login, item.id, "accept", {"opinion": stage.say("accept_opinions", str(item.id))})
        case _:
            _urge(stage, item, character)


def _advance_share(script: Script, item: Open, character: Character) -> None:
    stage = script.stage
    above = script.characters.get(item.parent_id or 0)
    is_due = _is_due(stage, item, character)
    if above is not None and above.finish is not None and item.due_on is not None and character.finish is not None:
        # Shares are handed in before the task is: its lead has to accept them first.
        first = min(character.finish, above.finish - _SHARE_BEFORE)
        is_due = is_due or stage.today >= stage.calendar.add_workdays(item.due_on, first)
    if is_due and _days_in_state(stage, item.state_since) >= 1:
        fields = {"evidence": character.evidence or stage.say("share_evidence", str(item.id), title=item.title)}
        if item.due_on is not None and item.due_on < stage.today:
            fields["late_reason"] = character.late_reason or stage.say("late_reasons", str(item.id))
        stage.do(find_actor_for(stage, item), item.id, "submit", fields)
        return
    last = item.last_progress_at or item.state_since
    if _days_in_state(stage, last) >= max(character.cadence, _SHARE_CADENCE) and not character.is_silent(stage.day):
        report_share(script, item, character, find_actor_for(stage, item))
        return
    _urge(stage, item, character)


def _sign(script: Script) -> None:
    """Have the heads give the signatures that are wanted of them, each in their own time."""
    stage = script.stage
    codes = {department_id: code for code, department_id in stage.departments.items()}
    for wanted in list_unsigned(stage.session.connection()):
        if wanted.post_id is not None:  # a seat of the leadership group: see papers.py
            continue
        character = script.characters.get(wanted.item_id)
        key = f"{stage.keys.get(wanted.item_id)}/sign:{codes[wanted.department_id]}"
        wait = stage.chance(key).choice((0, 1, 1, 2))
        if character is not None and character.signs is not None:
            wait = character.signs.get(codes[wanted.department_id], wait)
        if character is not None and character.stop == "cosign":
            wait = _NEVER
        if _days_in_state(stage, wanted.opened_at) >= wait:
            fields = {"verdict": "agree", "remark": stage.say("cosign_remarks", key)}
            stage.do(stage.head(wanted.department_id), wanted.item_id, "sign", fields)


def _urge(stage: Stage, item: Open, character: Character) -> None:
    """Have the office urge what stands on a rung, now by message, now on the telephone, now by a visit."""
    if item.rung < _URGED_FROM_RUNG or not character.is_urged or (stage.day + item.id) % _URGE_DAYS:
        return
    connection = stage.session.connection()
    if count_steps(connection, item.id, "urge", stage.calendar.day_start(stage.today)):
        return  # the story had it urged today; a second time is refused
    turn = count_steps(connection, item.id, "urge")
    channel = ("message", "phone", "visit", "letter")[turn % 4]
    fields = {"channel": channel, "note": stage.say(f"urge_{channel}", str(item.id))}
    if channel in ("phone", "visit"):
        fields["spoken_to"] = stage.say("spoken_to", str(item.id))
    stage.do(stage.officer(item.id, is_confidential=item.confidential), item.id, "urge", fields)
