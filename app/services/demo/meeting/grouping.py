"""Founds the groups of the story and their series, changes their members, dissolves one."""

from dataclasses import dataclass, field
from typing import Any

from app.policy.people import Actor, find_actor
from app.services.act import Act
from app.services.demo.meeting.choosing import choose
from app.services.demo.meeting.story import MeetingsStory, Table
from app.services.demo.stage import SOURCE, Stage
from app.services.loading import load
from app.services.meeting.group.changing import ChangeLine, file_change
from app.services.meeting.group.founding import NewGroup, NewSeat, draft_group
from app.services.meeting.series.founding import SeriesDraft, found_series

#: Series meet in the morning, so that the day's work follows from what was decided.
STARTS, MINUTES = "09:30", 120


def act_as(stage: Stage, login: str) -> tuple[Act, Actor]:
    """Return what somebody writes with now, in their own post."""
    act = Act(stage.session.connection(), stage.acting(login), stage.tick(), stage.today, SOURCE)
    actor = find_actor(act.connection, act.acting.person_id, stage.today, act.now)
    if actor is None:
        raise AssertionError(f"nobody is called {login}")
    return act, actor


def find_post(stage: Stage, login: str) -> int:
    """Return the post that somebody holds."""
    capacity = stage.acting(login).capacity
    if capacity is None:
        raise AssertionError("everybody in the story holds a post")
    return capacity.post_id


@dataclass
class Groups:
    """The groups' running state: ids by key; what came of each series' choice of days."""

    story: MeetingsStory
    ids: dict[str, int] = field(default_factory=dict)
    #: (series id, month) -> (series key, how many meetings come after it).
    backs: dict[tuple[int, str], tuple[str, int]] = field(default_factory=dict)

    def play(self, stage: Stage) -> None:
        """Do what the story has for today."""
        for told in (self.story.group, *self.story.working):
            self._found(stage, told)
        for told in self.story.series:
            if told["day"] == stage.day and told["group"] in self.ids:
                self._found_series(stage, told)
        for told in self.story.changes:
            if told["group"] in self.ids:
                self._change(stage, told)

    def _found(self, stage: Stage, told: Table) -> None:
        key, is_main = told["key"], told is self.story.group
        if told["day"] == stage.day and (is_main or "group" in self.ids):
            act, actor = act_as(stage, told["by"])
            new = NewGroup(
                told["title"], stage.departments["OFF"], stage.today,
                stage.today.replace(month=12, day=31, year=stage.today.year + told.get("term_years", 1)),
                None if is_main else self.ids["group"], told["duties"], _dated(stage, told.get("document")),
                told.get("procedure", {}),
                [NewSeat(role, find_post(stage, login), rank) for rank, (role, login) in enumerate(told["seats"], 1)],
            )  # fmt: skip
            self.ids[key] = draft_group(act, stage.book, actor, new)
            stage.know(f"group:{key}", self.ids[key])
            if is_main:
                decision = _dated(stage, told["document"])
                stage.do("director", self.ids[key], "establish_on_paper", {"decision": decision})
        if key not in self.ids:
            return
        if told.get("establish") == stage.day:
            stage.do("leader", self.ids[key], "establish", {"opinion": "同意成立。"})
        if told.get("abandon") == stage.day:
            stage.do(told["by"], self.ids[key], "abandon", {"reason": told["abandon_reason"]})
        if told.get("dissolve") == stage.day:
            stage.do("leader", self.ids[key], "dissolve", {"decision": _dated(stage, told["dissolve_reason"])})

    def _found_series(self, stage: Stage, told: Table) -> None:
        chosen = choose(stage, told)
        rule, every, rest = str(chosen.rule).split(";")[0], str(chosen.rule.every), chosen.rule.rest.value
        draft = SeriesDraft(
            name=told["name"], forum=told["forum"], day=rule, starts=STARTS, first_month=chosen.first_month,
            every=every, anchor=chosen.rule.anchor, policy=rest, duration_minutes=MINUTES, place=told["place"],
            name_en=told["name_en"], call_workdays=told["call_workdays"], cutoff_workdays=told["cutoff_workdays"],
            notice_workdays=told["notice_workdays"],
        )  # fmt: skip
        act, actor = act_as(stage, told["by"])
        series_id = found_series(act, actor, self.ids[told["group"]], draft)
        self.backs |= {(series_id, month): (told["key"], back) for month, back in chosen.backs.items()}

    def _change(self, stage: Stage, told: Table) -> None:
        group_id = self.ids[told["group"]]
        if told["day"] == stage.day:
            lines = [
                ChangeLine("add", role=role, post_id=find_post(stage, login), rank=30 + at)
                for at, (role, login) in enumerate(told["add"])
            ]
            act, actor = act_as(stage, told["by"])
            file_change(act, actor, group_id, load(act.connection, group_id).version, lines, told["reason"])
            stage.do(told["by"], group_id, "propose_change", {"reason": told["reason"]})
        if told.get("decide") == stage.day:
            stage.do(told["decider"], group_id, "approve_change", {"opinion": told["opinion"]})


def _dated(stage: Stage, text: Any) -> Any:  # noqa: ANN401  # a text or None
    return None if text is None else text.replace("{year}", str(stage.today.year))
