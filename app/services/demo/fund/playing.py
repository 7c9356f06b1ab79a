"""Plays the story of the special funds by driving the services: funds, budgets, requests, payments, year-ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.money import parse_amount
from app.models.fund import FundEarmark
from app.models.item import Item
from app.policy.people import find_actor
from app.services.act import Act
from app.services.demo.fund.calling import Calls
from app.services.demo.fund.story import FundsStory, MoneyAct, read_funds
from app.services.demo.money import grant_budget
from app.services.demo.stage import SOURCE, Stage
from app.services.entering import NewItem, enter_items
from app.services.fund.drafting import Draft, Goal, Instalment, draft_allocation
from app.services.fund.keeping import BudgetEntry, FundText, RuleText, change_rule, open_fund, post_budget
from app.services.fund.reversing import reverse_posting
from app.services.fund.year_end import close_year

_CURRENCY = "CNY"
_SPAN = 5


@dataclass
class Funding:
    """The funds' running state: their ids and versions by key, the year whose money came last."""

    story: FundsStory = field(default_factory=read_funds)
    ids: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    calls: Calls = field(default_factory=Calls)
    year: int = 0

    def play(self, stage: Stage) -> None:
        """Play what the story has for today; on a new year's first working day the year before is closed first."""
        if stage.day < self.story.first_day:
            return
        if stage.day == self.story.first_day:
            self._found(stage)
        if stage.today.year != self.year:
            self._turn_year(stage)
        for rule in self.story.rules:
            if rule["day"] == stage.day:
                key = rule["fund"]
                act = _act(stage, rule["by"])
                self.versions[key] = change_rule(
                    act, self.ids[key], self.versions[key], _read_rule(stage, rule["rule"])
                )
        for one in self.story.allocations:
            if one["day"] == stage.day and one["project"] in stage.items:  # a shortened story lacks some
                self._draft(stage, one)
        self.calls.play(stage, self.ids)
        for step in self.story.acts:
            if step.day == stage.day and step.key in stage.items:
                self._take(stage, step)
        for budget in self.story.budgets:
            if budget["day"] == stage.day:
                self._post(stage, budget)

    def _found(self, stage: Stage) -> None:
        """Open the funds, and write down the project for which they paid before the story."""
        for one in self.story.funds:
            act = _act(stage, one["by"])
            text = FundText(
                one["code"], one["name"], one["name_en"], one["purpose"], _dated(stage, one["source_document"]),
                _CURRENCY, stage.today.year, stage.today.year + _SPAN,
            )  # fmt: skip
            rule = _read_rule(stage, one["rule"])
            self.ids[one["key"]] = open_fund(act, stage.departments["FIN"], text, rule)
            self.versions[one["key"]] = 1
        old = self.story.old_project
        acting = stage.acting(stage.office(old["key"]))
        item = NewItem(
            kind="project",
            title=old["title"],
            owner_department_id=stage.departments[old["lead"]],
            state="in_progress",
            due_on=stage.after(old["workdays"]),
            escalate_from=stage.after(old["workdays"]),
            supports=[(stage.departments[code], owes, None) for code, owes in old["supports"]],
        )
        connection = stage.session.connection()
        item_id = enter_items(connection, stage.book, acting, stage.tick(), [item], source=SOURCE)[0]
        stage.know(old["key"], item_id)
        grant_budget(stage.session, acting, stage.tick(), item_id, parse_amount(old["budget"]))

    def _turn_year(self, stage: Stage) -> None:
        """Close the year before, then let this year's money come."""
        before, self.year = self.year, stage.today.year
        for one in self.story.funds:
            if before:
                done = close_year(_act(stage, one["by"]), self.ids[one["key"]], before)
                if done.outcome != "closed":
                    raise AssertionError(f"{one['code']} {before}: {done}")
            entry = BudgetEntry(
                "appropriate", self.year, parse_amount(one["yearly"]), _dated(stage, one["source_document"]), "年初预算"
            )
            post_budget(_act(stage, one["by"]), self.ids[one["key"]], entry)

    def _post(self, stage: Stage, budget: Mapping[str, Any]) -> None:
        department = budget.get("department")
        entry = BudgetEntry(
            budget["operation"], stage.today.year, parse_amount(budget["amount"]), _dated(stage, budget["basis"]),
            budget.get("note"), budget.get("earmark"), stage.departments[department] if department else None,
        )  # fmt: skip
        posted = post_budget(_act(stage, budget["by"]), self.ids[budget["fund"]], entry)
        if "reversed_by" in budget:
            reverse_posting(_act(stage, budget["reversed_by"]), stage.book, posted.id, budget["reversed_for"])

    def _draft(self, stage: Stage, one: Mapping[str, Any]) -> None:
        connection = stage.session.connection()
        act = _act(stage, one["by"])
        actor = find_actor(connection, act.acting.person_id, stage.today)
        if actor is None:
            raise AssertionError(f"nobody is called {one['by']}")
        draft = Draft(
            title=one["title"],
            fund_id=self.ids[one["fund"]],
            purpose=one["purpose"],
            need=one["need"],
            requested_fen=parse_amount(one["amount"]),
            minimum_fen=parse_amount(one["minimum"]) if "minimum" in one else None,
            earmark_id=_find_earmark(stage.session, one["earmark"]) if "earmark" in one else None,
            due_on=stage.after(one["workdays"]) if "workdays" in one else None,
            goals=[Goal(*goal) for goal in one["goals"]],
            instalments=[Instalment(parse_amount(amount), text or None) for amount, text in one["parts"]],
        )
        item_id = draft_allocation(act, stage.book, actor, stage.items[one["project"]], draft, None)
        stage.know(one["key"], item_id)

    def _take(self, stage: Stage, step: MoneyAct) -> None:
        item_id = stage.items[step.key]
        if step.on_payment:
            item_id = _find_payment(stage.session, item_id)
        fields = {name: self._read(stage, name, value) for name, value in step.fields.items()}
        if step.action in ("report_spending", "report_return"):
            fields["spent_on"] = stage.today.isoformat()
        stage.do(step.by, item_id, step.action, fields)

    def _read(self, stage: Stage, name: str, value: Any) -> Any:  # noqa: ANN401  # a step's field of any kind
        if name == "into":
            return stage.items[value]
        return _dated(stage, value) if isinstance(value, str) else value


def _act(stage: Stage, login: str) -> Act:
    return Act(stage.session.connection(), stage.acting(login), stage.tick(), stage.today, SOURCE)


def _dated(stage: Stage, text: str) -> str:
    return text.replace("{year}", str(stage.today.year))


def _read_rule(stage: Stage, raw: Mapping[str, Any]) -> RuleText:
    exception = raw.get("exception")
    capacity = stage.acting(exception).capacity if exception else None
    from_on: date = stage.today
    return RuleText(
        from_on, raw["control"], raw["surplus"], raw["number_sign"], raw["reason"],
        capacity.post_id if capacity else None,
        parse_amount(raw["leaders_from"]) if "leaders_from" in raw else None,
        raw.get("notice_workdays", 0), raw.get("idle_workdays"), raw.get("warning_workdays", 10),
    )  # fmt: skip


def _find_payment(session: Session, allocation_id: int) -> int:
    """Return the newest payment of an allocation that is not ended."""
    newest = (
        select(Item.id)
        .where(Item.parent_id == allocation_id, Item.kind == "disbursement", Item.closed_at.is_(None))
        .order_by(Item.id.desc())
        .limit(1)
    )
    return int(session.execute(newest).scalar_one())


def _find_earmark(session: Session, name: str) -> int:
    return int(session.execute(select(FundEarmark.id).where(FundEarmark.name == name)).scalar_one())
