"""A second, simple account of special funds in plain Python: written from the rules, never from the services.

Sources: the workflows' tables, docs/funds.md, the domain notes on special funds. A method refuses (`Refused`) or does
what the rules say; what is refused half-way is forgotten by whoever keeps a copy. Amounts in fen.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import NamedTuple

FINAL = ("closed", "rejected", "withdrawn")
REVIEWED = ("submitted", "finance_review", "leadership_approval", "public_notice")
DROPPED = ("cancelled", "reversed")
CARRIED = ("reserved", "committed", "paid")


class Refused(Exception):  # noqa: N818  # it is an answer, no failure
    """The rules do not allow it."""


def need(holds: object) -> None:
    """Refuse unless something holds."""
    if not holds:
        raise Refused


class Place(NamedTuple):
    """Where money stands; `holder` an earmark, an allocation or a disbursement, else 0."""

    year: int
    kind: str
    holder: int = 0


@dataclass
class Rule:
    """The rule of a fund from a day on."""

    from_on: date
    control: str
    surplus: str = "carry"
    high_from: int | None = None
    notice: int = 0


@dataclass
class Part:
    """An instalment."""

    seq: int
    fen: int
    held: bool = False
    pay: "Pay | None" = None

    @property
    def is_drawn(self) -> bool:
        """Whether somebody asked for it and did not give up."""
        return self.pay is not None and self.pay.state not in DROPPED


@dataclass
class Pay:
    """A disbursement; `filed` are reports that wait."""

    ask: "Ask"
    fen: int
    id: int = 0
    state: str = "requested"
    filed: list[tuple[str, int]] = field(default_factory=list)


@dataclass
class Ask:
    """An allocation."""

    id: int
    fund: "Fund"
    project: int
    department: str
    asked: int
    parts: list[Part]
    year: int
    least: int | None = None
    earmark: int = 0
    state: str = "draft"
    granted: int | None = None
    exception: bool = False
    notice_until: date | None = None
    objections: int = 0
    pending: "tuple[Ask, int] | None" = None
    take_back_from: date | None = None
    score: int | None = None
    pays: list[Pay] = field(default_factory=list)

    @property
    def wanted(self) -> int:
        """Granted, else asked for."""
        return self.asked if self.granted is None else self.granted

    def at(self, kind: str) -> Place:
        """Return its own account of a kind."""
        return Place(self.year, kind, self.earmark if kind == "uncommitted" else self.id)

    @property
    def undrawn(self) -> list[Part]:
        """The instalments nobody has asked for."""
        return [part for part in self.parts if not part.is_drawn]

    @property
    def department_key(self) -> str:
        """Whose money it is."""
        return self.department


@dataclass
class Hand:
    """A posting that can be reversed by itself: of a keeper, or of a receipt."""

    id: int
    year: int
    legs: list[tuple[Place, Place, int]]
    kind: str
    pay: Pay | None = None
    done: bool = False


@dataclass
class Fund:
    """One fund with its accounts."""

    first: int
    last: int
    rules: list[Rule]
    earmarks: dict[int, str | None] = field(default_factory=dict)
    money: dict[Place, int] = field(default_factory=lambda: defaultdict(int))
    closed: dict[int, bool] = field(default_factory=dict)
    closings: dict[int, dict[str, int]] = field(default_factory=dict)
    surrendered: set[int] = field(default_factory=set)
    reused: dict[Place, int] = field(default_factory=lambda: defaultdict(int))
    vouchers: set[str] = field(default_factory=set)

    def rule(self, day: date) -> Rule:
        """Return the newest rule that has begun."""
        return [rule for rule in self.rules if rule.from_on <= day][-1]

    def is_open(self, year: int) -> bool:
        """Whether a year can be posted in."""
        return self.closed.get(year) is False

    def move(self, *legs: tuple[Place, Place, int], exception: bool = False) -> None:
        """Post, unless an account would go below zero by it."""
        legs = tuple(leg for leg in legs if leg[2])
        for years in {place.year for leg in legs for place in leg[:2]}:
            need(self.is_open(years))
        net: dict[Place, int] = defaultdict(int)
        for source, target, fen in legs:
            net[source] -= fen
            net[target] += fen
        for place, change in net.items():
            may = place.kind in ("source", "carried_over") or (exception and place.kind == "uncommitted")
            need(change >= 0 or may or self.money[place] + change >= 0)
        for place, change in net.items():
            self.money[place] += change

    def total(self, year: int, kind: str) -> int:
        """Return what stands on the accounts of a kind."""
        return sum(fen for place, fen in self.money.items() if place.year == year and place.kind == kind)


def share_out(total: int, weights: list[int]) -> list[int]:
    """Split by the largest remainder; the earlier of equal ones first."""
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = [int(one) for one in exact]
    rest = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in rest[: total - sum(parts)]:
        parts[at] += 1
    return parts


@dataclass
class World:
    """All funds, allocations and projects; `today` is moved by whoever plays."""

    today: date
    funds: list[Fund] = field(default_factory=list)
    projects: dict[int, bool] = field(default_factory=dict)
    asks: list[Ask] = field(default_factory=list)

    def year_open(self, ask: Ask) -> bool:
        """Whether steps on the allocation may move money: its year runs and is open."""
        return ask.year == self.today.year and ask.fund.is_open(ask.year)

    def rule(self, ask: Ask) -> Rule:
        """Return today's rule of its fund."""
        return ask.fund.rule(self.today)

    def free(self, ask: Ask) -> int:
        """Return what it may draw on."""
        return ask.fund.money[ask.at("uncommitted")]

    def lack(self, ask: Ask, fen: int) -> bool:
        """Whether `fen` in all needs more than is free beside what is reserved."""
        return fen - ask.fund.money[ask.at("reserved")] > self.free(ask)

    def is_high(self, ask: Ask, fen: int | None = None) -> bool:
        """Whether an amount goes to the leaders by itself."""
        high_from = self.rule(ask).high_from
        return high_from is not None and (ask.wanted if fen is None else fen) >= high_from

    def leaders_decide(self, ask: Ask) -> bool:
        """By the amount, the last evaluation, or as an exception."""
        scores = [
            one.score for one in self.asks
            if one.fund is ask.fund and one.project == ask.project and one.state == "closed" and one.id < ask.id
        ]  # fmt: skip
        is_poor = bool(scores) and scores[-1] is not None and scores[-1] < 60
        return self.is_high(ask) or is_poor or (self.rule(ask).control == "warn" and self.lack(ask, ask.wanted))

    # Asking and deciding.

    def check_draft(self, fund: Fund, project: int, fen: int, parts: list[int], department: str, earmark: int) -> None:
        """Refuse a draft that cannot be."""
        need(self.projects[project] and fund.is_open(self.today.year) and sum(parts) == fen)
        need(not earmark or fund.earmarks.get(earmark, "") in (None, department))

    def amend(self, ask: Ask, fen: int, parts: list[int]) -> None:
        """Correct what is not submitted; the fund's present year must be open."""
        need(ask.state in ("draft", "returned") and ask.fund.is_open(self.today.year) and sum(parts) == fen)
        ask.asked, ask.least = fen, None
        ask.parts = [Part(seq, one, held=seq > 1) for seq, one in enumerate(parts, 1)]

    def submit(self, ask: Ask, *, by_head: bool) -> None:
        """Reserve what is asked for."""
        need(ask.state in ("draft", "returned") and self.projects[ask.project] and self.year_open(ask))
        control, short = self.rule(ask).control, ask.asked > self.free(ask)
        need(not (short and control == "stop"))
        if not (short and control == "warn"):
            ask.fund.move((ask.at("uncommitted"), ask.at("reserved"), ask.asked), exception=short)
        ask.granted, ask.exception = None, False
        ask.state = "finance_review" if by_head else "submitted"

    def endorse(self, ask: Ask) -> None:
        """Let the department's head agree."""
        need(ask.state == "submitted" and self.projects[ask.project])
        ask.state = "finance_review"

    def decide(self, ask: Ask, action: str, fen: int | None, *, leader: bool) -> None:
        """Approve, publish or refer: how much, and whether the balance allows it."""
        need(ask.state == ("leadership_approval" if leader else "finance_review"))
        need(self.projects[ask.project] and self.year_open(ask))
        rule = self.rule(ask)
        if action == "refer":
            need(not leader and self.leaders_decide(ask))
        else:
            need((action == "publish") == (rule.notice > 0) and (leader or not self.leaders_decide(ask)))
        granted = ask.wanted if fen is None else fen
        need(granted <= ask.asked and (ask.least is None or granted >= ask.least))
        if self.lack(ask, granted) and rule.control == "warn" and action != "refer":
            need(leader)
            ask.exception = True
        ask.granted = granted
        if action == "approve":
            self.commit(ask)
        else:
            ask.state = "public_notice" if action == "publish" else "leadership_approval"

    def allocate(self, ask: Ask) -> None:
        """Issue after the notice."""
        need(ask.state == "public_notice" and self.projects[ask.project] and self.year_open(ask))
        need(ask.notice_until is not None and self.today > ask.notice_until and not ask.objections)
        self.commit(ask)

    def commit(self, ask: Ask) -> None:
        """Commit what was granted; instalments shrink in proportion."""
        granted, reserved = ask.wanted, ask.fund.money[ask.at("reserved")]
        short = self.lack(ask, granted)
        may = short and (self.rule(ask).control == "free" or ask.exception)
        held, free, committed = (ask.at(kind) for kind in ("reserved", "uncommitted", "committed"))
        ask.fund.move((held, free, reserved), (free, committed, granted), exception=may)
        if sum(part.fen for part in ask.parts) != granted:
            for part, fen in zip(ask.parts, share_out(granted, [one.fen for one in ask.parts]), strict=True):
                part.fen = fen
            ask.parts = [part for part in ask.parts if part.fen]
        ask.granted, ask.state = granted, "allocated"

    def release(self, ask: Ask) -> None:
        """Free what is reserved or committed and not paid."""
        legs = [(ask.at(kind), ask.at("uncommitted"), ask.fund.money[ask.at(kind)]) for kind in CARRIED[:2]]
        ask.fund.move(*legs)

    def end(self, ask: Ask, action: str) -> None:
        """Return, reject or withdraw it."""
        need(ask.state in REVIEWED or (action == "withdraw" and ask.state in ("draft", "returned")))
        need(action != "reject" or ask.state != "submitted")
        self.release(ask)
        if action == "return":
            ask.granted, ask.exception = None, False
        ask.state = {"return": "returned", "reject": "rejected", "withdraw": "withdrawn"}[action]

    def cancel_project(self, project: int) -> None:
        """End everything below, unless money was paid that is not accounted for."""
        need(self.projects[project])
        below = [ask for ask in self.asks if ask.project == project and ask.state not in FINAL]
        need(all(pay.state != "paid" for ask in below for pay in ask.pays))
        for ask in below:
            for pay in ask.pays:
                pay.state = "cancelled" if pay.state in ("requested", "checked", "returned") else pay.state
            self.release(ask)
            ask.state = "withdrawn"
        self.projects[project] = False
