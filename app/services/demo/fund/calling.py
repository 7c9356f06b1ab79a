"""Plays the calls for requests of app/demo/calls.toml: published, entered, scored, proposed, decided."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import func, select

from app.core.money import parse_amount
from app.models.call import CallEntry, CallProposal, FundCall
from app.policy.people import find_actor
from app.services.act import Act
from app.services.demo.fund.story import read_funds
from app.services.demo.stage import SOURCE, Stage
from app.services.demo.story import FOLDER
from app.services.fund.call.deciding import Decision, decide_call
from app.services.fund.call.drafting import CallText, Criterion, DepartmentLimit, draft_call
from app.services.fund.call.entering import enter_request
from app.services.fund.call.holding import read_call
from app.services.fund.call.proposing import compute, keep_proposal, read_inputs
from app.services.fund.call.running import open_call, start_scoring
from app.services.fund.call.scoring import score_entry
from app.services.recording import Acting


@cache
def read_calls() -> tuple[Mapping[str, Any], ...]:
    """Return the calls of the story."""
    return tuple(tomllib.loads((FOLDER / "calls.toml").read_text(encoding="utf-8"))["call"])


@dataclass
class Calls:
    """The calls' running state: their ids by key."""

    ids: dict[str, int] = field(default_factory=dict)

    def play(self, stage: Stage, funds: Mapping[str, int]) -> None:
        """Play what the story has for today; `funds` are ids by key."""
        turns = {"enter_day": self._enter, "score_day": self._score, "propose_day": self._propose,
                 "decide_day": self._decide}  # fmt: skip
        known = {one["key"] for one in read_funds().allocations if one["project"] in stage.items}
        for one in read_calls():
            if not known >= set(one["requests"]):
                continue  # a shortened story lacks some projects
            if one["day"] == stage.day:
                self._publish(stage, one, funds[one["fund"]])
            for name, turn in turns.items():
                if one.get(name) == stage.day:
                    turn(stage, one)

    def _publish(self, stage: Stage, one: Mapping[str, Any], fund_id: int) -> None:
        limits = [
            DepartmentLimit(stage.departments[code], *(parse_amount(fen) if fen else None for fen in (floor, ceiling)))
            for code, floor, ceiling in one["limits"]
        ]
        text = CallText(
            stage.on(one.get("enter_day", one["day"])).year, one["title"], one["text"], stage.today,
            stage.after(one["closes"]), parse_amount(one["cap"]),
            [Criterion(*criterion) for criterion in one["criteria"]],
            [stage.people[login] for login in one["reviewers"]], limits,
        )  # fmt: skip
        call_id = draft_call(_act(stage, one["by"]), fund_id, text)
        self.ids[one["key"]] = call_id
        if one.get("is_draft"):
            return
        open_call(_act(stage, one["by"]), call_id, _version(stage, call_id))

    def _enter(self, stage: Stage, one: Mapping[str, Any]) -> None:
        drafters = {allocation["key"]: allocation["by"] for allocation in read_funds().allocations}
        for key in one["requests"]:
            login = drafters[key]
            act = _act(stage, login)
            actor = find_actor(act.connection, act.acting.person_id, stage.today)
            if actor is None:
                raise AssertionError(f"nobody is called {login}")
            enter_request(act, actor, self.ids[one["key"]], stage.items[key])

    def _score(self, stage: Stage, one: Mapping[str, Any]) -> None:
        call_id = self.ids[one["key"]]
        start_scoring(_act(stage, one["by"]), call_id, _version(stage, call_id))
        entries = _entries(stage, call_id)
        for login, scores in one["scores"].items():
            actor = find_actor(stage.session.connection(), stage.people[login], stage.today)
            if actor is None:
                raise AssertionError(f"nobody is called {login}")
            for key, points in scores.items():
                acting = Acting(actor.person_id, "reviewer")
                act = Act(stage.session.connection(), acting, stage.tick(), stage.today, SOURCE)
                score_entry(act, actor, call_id, entries[stage.items[key]], points)

    def _propose(self, stage: Stage, one: Mapping[str, Any]) -> None:
        call_id = self.ids[one["key"]]
        act = _act(stage, one["by"])
        inputs = read_inputs(act.connection, read_call(act.connection, call_id, stage.today), stage.today)
        keep_proposal(act, call_id, _version(stage, call_id), (inputs, compute(inputs)))

    def _decide(self, stage: Stage, one: Mapping[str, Any]) -> None:
        call_id = self.ids[one["key"]]
        entries = _entries(stage, call_id)
        decisions = [
            Decision(entries[stage.items[key]], parse_amount(amount), reason)
            for key, amount, reason in one["deviations"]
        ]
        proposal_id = _newest_proposal(stage, call_id)
        decide_call(_act(stage, one["decided_by"]), call_id, _version(stage, call_id), proposal_id, decisions)


def _act(stage: Stage, login: str) -> Act:
    return Act(stage.session.connection(), stage.acting(login), stage.tick(), stage.today, SOURCE)


def _version(stage: Stage, call_id: int) -> int:
    return int(stage.session.execute(select(FundCall.version).where(FundCall.id == call_id)).scalar_one())


def _entries(stage: Stage, call_id: int) -> dict[int, int]:
    rows = stage.session.execute(select(CallEntry.item_id, CallEntry.id).where(CallEntry.call_id == call_id))
    return {row[0]: row[1] for row in rows}


def _newest_proposal(stage: Stage, call_id: int) -> int:
    newest = select(func.max(CallProposal.id)).where(CallProposal.call_id == call_id)
    return int(stage.session.execute(newest).scalar_one())
