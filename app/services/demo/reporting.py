"""What is reported on the way: percentages that grow, forecasts that slip, sentences that fit the stage of the work."""

from app.services.demo.character import Character
from app.services.demo.looking import Open
from app.services.demo.script import Script, send_report
from app.services.demo.stage import Stage

#: A matter that will be late says so from here on.
_FORECAST_FROM_PCT = 55
_THIRDS = 3


def report_task(script: Script, item: Open, character: Character, login: str) -> None:
    """Report a task's progress as it stands today."""
    stage = script.stage
    pct = _reach(stage, item, character)
    fields: dict[str, object] = {"text": _tell(script, item, character, pct), "progress_pct": pct}
    if item.due_on is not None and character.finish is not None and character.says_forecast:
        # Nobody promises the past: once overdue, the forecast is a few days ahead.
        forecast_on = stage.calendar.add_workdays(item.due_on, character.finish)
        if character.finish <= 0 or pct >= _FORECAST_FROM_PCT:
            fields["forecast_on"] = max(forecast_on, stage.after(2)).isoformat()
    stage.do(login, item.id, "report", fields)


def report_share(script: Script, item: Open, character: Character, login: str) -> None:
    """Report a share's progress as it stands today."""
    pct = _reach(script.stage, item, character)
    text = script.stage.say("share_progress", str(item.id), title=item.title)
    script.stage.do(login, item.id, "report", {"text": text, "progress_pct": pct})


def _reach(stage: Stage, item: Open, character: Character) -> int:
    """Return how far the work is: the share of its time that has passed, never less than before."""
    begun_on = stage.calendar.local_date(item.created_at)
    before = item.pct or 0
    if item.due_on is None:
        return before
    ends_on = stage.calendar.add_workdays(item.due_on, character.finish or 0)
    whole = max(1, stage.calendar.workdays_between(begun_on, ends_on))
    pct = stage.passed(begun_on) * 95 // whole
    return max(before, min(pct, character.ceiling_pct, 95), 5)


def _tell(script: Script, item: Open, character: Character, pct: int) -> str:
    stage = script.stage
    third = min(pct * _THIRDS // 100, _THIRDS - 1)
    place = script.places.get(item.id)
    lines = character.progress
    if not lines and place is not None:
        lines = place.project.progress.get(place.stage, ())
    topic = f"progress {item.id} {third}"
    if lines and topic not in stage.said:
        stage.said[topic] = 1
        return lines[min(len(lines) * third // _THIRDS, len(lines) - 1)]
    return stage.say(("progress_early", "progress_middle", "progress_late")[third], str(item.id), title=item.title)


def report_project(script: Script, item: Open) -> None:
    """Report a project's progress between the reports that are scripted, along the line between them."""
    stage, project = script.stage, script.projects.get(item.id)
    character = script.characters.get(item.id)
    if project is None or character is None or item.state != "in_progress" or character.is_silent(stage.day):
        return
    last = item.last_progress_at or item.state_since
    if stage.passed(stage.calendar.local_date(last)) < character.cadence or not project.reports:
        return
    before = [one for one in project.reports if one[0] <= stage.day]
    ahead = [one for one in project.reports if one[0] > stage.day]
    if not before:
        return
    pct, late_days = before[-1][1], before[-1][2]
    if ahead:
        gone = (stage.day - before[-1][0]) / (ahead[0][0] - before[-1][0])
        pct += int((ahead[0][1] - pct) * gone)
    send_report(stage, item.id, max(pct, item.pct or 0), late_days, stage.say("project_progress", str(item.id)))
