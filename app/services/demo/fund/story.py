"""Reads the story of the special funds from app/demo/funds.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from app.services.demo.story import FOLDER

FILE = FOLDER / "funds.toml"


@dataclass(frozen=True, slots=True)
class MoneyAct:
    """A step on an allocation, or on its newest open payment; `number` is its place in the story."""

    day: int
    number: int
    key: str
    by: str
    action: str
    on_payment: bool
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FundsStory:
    """Funds, their rules and budgets, what is asked of them; the mappings are the file's own tables."""

    first_day: int
    old_project: Mapping[str, Any]
    funds: tuple[Mapping[str, Any], ...]
    rules: tuple[Mapping[str, Any], ...]
    budgets: tuple[Mapping[str, Any], ...]
    allocations: tuple[Mapping[str, Any], ...]
    acts: tuple[MoneyAct, ...]

    @property
    def days(self) -> frozenset[int]:
        """The days on which something is told."""
        told = [one["day"] for one in (*self.rules, *self.budgets, *self.allocations)]
        return frozenset({self.first_day, *told, *(act.day for act in self.acts)})


@cache
def read_funds() -> FundsStory:
    """Return the story of app/demo/funds.toml."""
    raw = tomllib.loads(FILE.read_text(encoding="utf-8"))
    acts: list[MoneyAct] = []
    for one in raw["allocation"]:
        for act in one.get("act", ()):
            own = ("day", "by", "action", "on")
            fields = {name: value for name, value in act.items() if name not in own}
            acts.append(MoneyAct(act["day"], len(acts), one["key"], act["by"], act["action"], "on" in act, fields))
    return FundsStory(
        raw["first_day"],
        raw["old_project"],
        tuple(raw["fund"]),
        tuple(raw["rule"]),
        tuple(raw["budget"]),
        tuple(raw["allocation"]),
        tuple(sorted(acts, key=lambda act: (act.day, act.number))),
    )
