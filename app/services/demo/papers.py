"""What becomes of papers: slips answered, returned, appealed, withdrawn; requests endorsed, referred, decided."""

from app.services.demo.character import Character
from app.services.demo.looking import Open, count_steps, find_holder, list_unsigned
from app.services.demo.script import Script
from app.services.demo.stage import Stage

#: What the department does with a slip unless scripted.
_PLANS = ("answer", "answer", "answer", "return-answer")
#: Past the limit of any slip.
_LATE_DAYS = 8
_LEADERS_KINDS = ("light",)


def handle_slip(script: Script, item: Open) -> None:
    """Take the next step on a slip as its matter's character has it."""
    stage = script.stage
    plan = _plan_slip(script, item)
    days = stage.passed(stage.calendar.local_date(item.state_since))
    match item.state:
        case "issued" | "returned":
            _reply(stage, item, plan, days)
        case "answered" if days >= 1 and plan != "answered":
            _judge(stage, item, plan)
        case "appealed" if days >= 2 and plan != "appealed":  # noqa: PLR2004  # the director hears both sides
            action = "uphold" if plan == "appeal-uphold" else "dismiss"
            stage.do("director", item.id, action, {"reason": stage.say(f"appeal_{action}", str(item.id))})
        case _:
            return


def _plan_slip(script: Script, item: Open) -> str:
    above = script.characters.get(item.parent_id or 0)
    given = (above.slips or {}).get(str(item.level)) if above else None
    if given is not None:
        return given
    return script.stage.chance(f"slip {script.stage.keys.get(item.parent_id or 0)} {item.level}").choice(_PLANS)


def _reply(stage: Stage, item: Open, plan: str, days: int) -> None:
    if plan == "ignore" or (plan == "returned" and item.state == "returned"):
        return
    if plan == "withdraw" and days >= 1:
        stage.do("director", item.id, "withdraw", {"reason": stage.say("withdraw_reasons", str(item.id))})
        return
    head = stage.head(item.owner_id)
    is_appeal = plan.startswith("appeal") and item.state == "issued" and not _count(stage, item, "appeal")
    if is_appeal and days >= 1:
        stage.do(head, item.id, "appeal", {"reason": stage.say("appeal_reasons", str(item.id))})
    elif not is_appeal and days >= _wait_for_reply(stage, item, plan):
        fields = {"answer": stage.say("slip_answers", str(item.id)), "promised_on": stage.after(6).isoformat()}
        stage.do(head, item.id, "answer", fields)


def _wait_for_reply(stage: Stage, item: Open, plan: str) -> int:
    return _LATE_DAYS if plan == "late" else stage.chance(f"reply {item.id}").choice((1, 2, 2))


def _judge(stage: Stage, item: Open, plan: str) -> None:
    login = stage.officer(item.id, is_confidential=item.confidential)
    if plan in ("return-answer", "returned") and not _count(stage, item, "return"):
        stage.do(login, item.id, "return", {"reason": stage.say("slip_returns", str(item.id))})
        return
    stage.do(login, item.id, "accept", {"opinion": stage.say("slip_opinions", str(item.id))})


def _count(stage: Stage, item: Open, action: str) -> int:
    return count_steps(stage.session.connection(), item.id, action)


def decide_request(script: Script, item: Open) -> None:
    """Take the next step on a request as its subject's character has it."""
    stage = script.stage
    officer = stage.officer(item.id, is_confidential=item.confidential)
    plan = _plan_request(script, item)
    if plan == item.state or stage.passed(stage.calendar.local_date(item.state_since)) < 1:
        return
    if item.state == "filed":
        stage.do(stage.head(item.owner_id), item.id, "endorse", {"opinion": stage.say("endorsements", str(item.id))})
    elif item.state == "endorsed" and _needs_leaders(script, item, plan):
        stage.do(officer, item.id, "refer", {"opinion": stage.say("referrals", str(item.id))})
    elif item.state == "referred" and _is_circulated(script, item, plan):
        _circulate(stage, item, officer, plan)
    elif item.state in ("endorsed", "referred"):
        login = "leader" if item.state == "referred" else officer
        _decide(stage, item, login, is_refused=plan.endswith("refuse"))


def _is_circulated(script: Script, item: Open, plan: str) -> bool:
    """Whether a request goes before every seat of the leadership group: more time or a pause for a joint project."""
    is_matter = item.request_kind in ("extension", "suspension") and item.parent_id in script.projects
    return is_matter and not plan.endswith("refuse")


def _circulate(stage: Stage, item: Open, officer: str, plan: str) -> None:
    """Put a request before the seats, then have one of them sign a day; `circulated` leaves it after the first."""
    if not _count(stage, item, "circulate"):
        stage.do(officer, item.id, "circulate", {"opinion": stage.say("referrals", str(item.id))})
        return
    seats = [one.post_id for one in list_unsigned(stage.session.connection()) if one.item_id == item.id]
    if plan == "circulated" and _count(stage, item, "sign"):
        return
    if seats and seats[0] is not None:
        login = find_holder(stage.session.connection(), seats[0])
        stage.do(login, item.id, "sign", {"verdict": "agree"})


def _decide(stage: Stage, item: Open, login: str, *, is_refused: bool) -> None:
    if is_refused:
        stage.do(login, item.id, "refuse", {"reason": stage.say(f"refuse_{item.request_kind}", str(item.id))})
    else:
        stage.do(login, item.id, "approve", {"opinion": stage.say(f"approve_{item.request_kind}", str(item.id))})


def _needs_leaders(script: Script, item: Open, plan: str) -> bool:
    is_project = item.parent_id in script.projects
    return is_project or item.request_kind in _LEADERS_KINDS or plan.startswith("refer")


def _plan_request(script: Script, item: Open) -> str:
    """Return what becomes of a request: the subject's first, second, … has each its own fate."""
    papers = script.papers.setdefault(item.parent_id or 0, [])
    if item.id not in papers:
        papers.append(item.id)
    above: Character | None = script.characters.get(item.parent_id or 0)
    plans = above.requests if above else ()
    turn = papers.index(item.id)
    return plans[turn] if turn < len(plans) else "approve"
