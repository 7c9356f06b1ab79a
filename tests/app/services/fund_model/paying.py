"""The second half of the model: paying, accounting for, moving, taking back, ending years."""

from tests.app.services.fund_model.model import CARRIED, DROPPED, FINAL, Ask, Fund, Hand, Part, Pay, Place, World, need


class Ledger(World):
    """The whole model."""

    # Paying and accounting for it.

    def draw(self, ask: Ask) -> Pay:
        """Ask for the next instalment."""
        need(ask.state == "allocated" and self.projects[ask.project] and self.year_open(ask) and ask.pending is None)
        need(ask.undrawn and not ask.undrawn[0].held and ask.fund.money[ask.at("committed")])
        part = ask.undrawn[0]
        pay = part.pay = Pay(ask, part.fen)
        ask.pays.append(pay)
        ask.take_back_from = None
        return pay

    def meet(self, ask: Ask, part: Part) -> None:
        """Confirm a milestone."""
        need(ask.state == "allocated" and part.held)
        part.held = False

    def turn(self, pay: Pay, action: str) -> None:
        """Check, return, submit again or withdraw a disbursement."""
        states = {"check": ("requested",), "return": ("requested", "checked"), "submit": ("returned",),
                  "withdraw": ("requested", "checked", "returned")}  # fmt: skip
        need(pay.state in states[action])
        if action in ("check", "submit"):
            need(pay.ask.state not in FINAL and self.year_open(pay.ask))
        ended = {"check": "checked", "return": "returned", "submit": "requested", "withdraw": "cancelled"}
        pay.state = ended[action]

    def pay(self, pay: Pay, voucher: str) -> None:
        """Pay; a voucher pays once in a fund."""
        need(pay.state == "checked" and pay.ask.state not in FINAL and self.year_open(pay.ask))
        need(voucher not in pay.ask.fund.vouchers)
        pay.ask.fund.move((pay.ask.at("committed"), self.held(pay), pay.fen))
        pay.ask.fund.vouchers.add(voucher)
        pay.state = "paid"

    def held(self, pay: Pay, kind: str = "paid") -> Place:
        """Return a disbursement's account."""
        return Place(pay.ask.year, kind, pay.id)

    def report(self, pay: Pay, kind: str, fen: int) -> None:
        """Say what was spent or is paid back."""
        need(pay.state == "paid")
        left = pay.ask.fund.money[self.held(pay)] - sum(one for _, one in pay.filed)
        need(0 < fen <= left)
        pay.filed.append((kind, fen))

    def judge(self, pay: Pay, *, accept: bool) -> list[Hand]:
        """Accept or refuse what was reported; return the postings."""
        need(pay.state == "paid" and pay.filed and (not accept or self.year_open(pay.ask)))
        made = []
        for kind, fen in pay.filed if accept else ():
            leg = (self.held(pay), self.held(pay, "spent" if kind == "spend" else "returned"), fen)
            pay.ask.fund.move(leg)
            made.append(Hand(0, pay.ask.year, [leg], kind, pay))
        pay.filed = []
        if accept and not pay.ask.fund.money[self.held(pay)]:
            pay.state = "settled"
        return made

    def take_payment_back(self, pay: Pay) -> None:
        """Reverse a payment of which nothing is accounted for."""
        need(pay.state == "paid" and self.year_open(pay.ask) and not pay.filed)
        need(pay.ask.fund.money[self.held(pay)] == pay.fen)
        pay.ask.fund.move((self.held(pay), pay.ask.at("committed"), pay.fen))
        pay.state = "reversed"

    # Moving and taking back.

    def propose(self, ask: Ask, into: Ask, fen: int) -> None:
        """Propose a transfer."""
        need(ask.state == "allocated" and self.year_open(ask) and ask.pending is None)
        need(ask.fund.money[ask.at("committed")] and 0 < fen <= sum(part.fen for part in ask.undrawn))
        need(into is not ask and into.state == "allocated" and into.fund is ask.fund and into.year == ask.year)
        need(not ask.earmark or into.earmark == ask.earmark)
        ask.pending = (into, fen)

    def transfer(self, ask: Ask, *, leader: bool) -> None:
        """Make the transfer."""
        need(ask.state == "allocated" and self.year_open(ask) and ask.pending is not None)
        assert ask.pending is not None
        into, fen = ask.pending
        need(leader == self.is_high(ask, fen) and fen <= sum(part.fen for part in ask.undrawn))
        need(into.state == "allocated" and into.year == ask.year)
        ask.fund.move((ask.at("committed"), into.at("committed"), fen))
        self.shrink(ask, fen)
        if into.undrawn:
            into.undrawn[-1].fen += fen
        else:
            into.parts.append(Part(max((part.seq for part in into.parts), default=0) + 1, fen))
        ask.pending = None

    def refuse_transfer(self, ask: Ask) -> None:
        """Leave the money where it is."""
        need(ask.state == "allocated" and ask.pending is not None)
        ask.pending = None

    def shrink(self, ask: Ask, fen: int) -> None:
        """Take money off the last instalments that nobody asked for."""
        for part in reversed(ask.undrawn):
            cut = min(fen, part.fen)
            part.fen -= cut
            fen -= cut
        ask.parts = [part for part in ask.parts if part.fen]

    def warn(self, ask: Ask) -> None:
        """Warn of idle money."""
        need(ask.state == "allocated" and ask.fund.money[ask.at("committed")])

    def take_back(self, ask: Ask, fen: int) -> None:
        """Take idle money back after the warning."""
        need(ask.state == "allocated" and self.year_open(ask) and ask.pending is None)
        need(ask.take_back_from is not None and ask.take_back_from <= self.today)
        need(0 < fen <= sum(part.fen for part in ask.undrawn))
        ask.fund.move((ask.at("committed"), ask.at("uncommitted"), fen))
        self.shrink(ask, fen)
        ask.take_back_from = None

    def settle(self, ask: Ask) -> None:
        """Settle: what is not drawn is free again, and no instalment of it is left."""
        need(ask.state == "allocated" and self.year_open(ask) and ask.pending is None)
        need(all(pay.state in ("settled", *DROPPED) for pay in ask.pays))
        self.release(ask)
        ask.parts = [part for part in ask.parts if part.is_drawn]
        ask.state = "settled"

    def evaluate(self, ask: Ask, score: int | None) -> None:
        """Evaluate, or send back without a score."""
        need(ask.state == "settled" and (score is not None or self.year_open(ask)))
        ask.score, ask.state = score, "allocated" if score is None else "closed"

    # Keeping the fund.

    def budget(self, fund: Fund, operation: str, fen: int, earmark: int | None) -> Hand:
        """Post what a keeper posts; `earmark` 0: one that is new, None: no such."""
        year = self.today.year
        need(fund.first <= year <= fund.last)
        if operation == "appropriate":
            fund.closed.setdefault(year, False)
        source, free = Place(year, "source"), Place(year, "uncommitted")
        kept = Place(year, "uncommitted", -1 if earmark == 0 else earmark or 0)
        match operation:
            case "appropriate" | "supplement":
                legs = [(source, free, fen)]
            case "cut":
                legs = [(free, source, fen)]
            case "earmark":
                legs = [(free, kept, fen)]
            case "release_earmark":
                need(earmark)
                legs = [(kept, free, fen)]
            case _:
                legs = self._reuse(fund, free, fen)
        need(fund.is_open(year))
        fund.move(*legs)
        return Hand(0, year, legs, operation)

    def _reuse(self, fund: Fund, free: Place, fen: int) -> list[tuple[Place, Place, int]]:
        legs = []
        for place, balance in fund.money.items():
            part = min(fen, balance)
            if place.year == free.year and place.kind == "returned" and part:
                legs.append((place, free._replace(holder=self._home(place)), part))
                fund.reused[place] += part
                fen -= part
        need(not fen)
        return legs

    def _home(self, place: Place) -> int:
        """Return the earmark to which what a disbursement returned belongs; 0: none."""
        return next(ask.earmark for ask in self.asks for pay in ask.pays if pay.id == place.holder)

    def reverse(self, fund: Fund, hand: Hand) -> None:
        """Reverse a posting; one of a past year out of where that year's end took its money."""
        year = self.today.year
        need(not hand.done and fund.is_open(year))
        legs = [(target, source, fen) for source, target, fen in hand.legs]
        if hand.pay is None:
            need(hand.year == year)
            for target, source, fen in legs if hand.kind == "reuse" else ():
                assert target.kind == "uncommitted"
                fund.reused[source] -= fen
        else:
            need(hand.pay.ask.state == "allocated" and hand.pay.ask.year == year)
            if hand.year != year:
                legs = [self._bring_back(fund, hand, *legs[0])]
        fund.move(*legs)
        hand.done = True
        if hand.pay is not None and hand.pay.state == "settled":
            hand.pay.state = "paid"

    def _bring_back(self, fund: Fund, hand: Hand, was: Place, paid: Place, fen: int) -> tuple[Place, Place, int]:
        year = self.today.year
        origin = "carried_over"
        if was.kind == "returned":
            need(not fund.reused[was])
            origin = "source" if hand.year in fund.surrendered else "uncommitted"
        home = self._home(was) if origin == "uncommitted" else 0
        return Place(year, origin, home), Place(year, "paid", paid.holder), fen

    def close(self, fund: Fund, year: int) -> str:
        """Close a year; return what came of it."""
        need(self.today.year > year)
        if fund.closed[year]:
            return "closed_before"
        surrender = fund.rule(self.today.replace(year=year, month=12, day=31)).surplus == "surrender"
        surrender = surrender or year >= fund.last
        running = [ask for ask in self.asks if ask.fund is fund and ask.year == year and ask.state not in FINAL]
        here = {place: fen for place, fen in fund.money.items() if place.year == year and fen}
        going = {place: fen for place, fen in here.items() if place.kind in CARRIED}
        surplus = {place: fen for place, fen in here.items() if place.kind in ("uncommitted", "returned")}
        if any(earlier < year and not closed for earlier, closed in fund.closed.items()):
            return "blocked"
        if year >= fund.last and (going or any(ask.state == "allocated" for ask in running)):
            return "blocked"
        if surrender and any(fen < 0 and place.kind == "uncommitted" for place, fen in surplus.items()):
            return "blocked"
        kinds = {place.kind for place in here}
        fund.closings[year] = {kind: total for kind in kinds if (total := fund.total(year, kind))}
        going = going if surrender else going | surplus
        goes_on = any(ask.state in ("allocated", "settled") for ask in running)
        if going or (goes_on and year < fund.last):
            fund.closed.setdefault(year + 1, False)
        for place, fen in going.items():
            heir = place._replace(year=year + 1)
            if place.kind == "returned":
                heir = Place(year + 1, "uncommitted", self._home(place))
            fund.money[place] -= fen
            fund.money[Place(year, "carried_over")] += fen
            fund.money[Place(year + 1, "carried_over")] -= fen
            fund.money[heir] += fen
        for place, fen in surplus.items() if surrender else ():
            fund.money[place] -= fen
            fund.money[Place(year, "source")] += fen
        if surrender:
            fund.surrendered.add(year)
        for ask in running:
            ask.year = year + 1
        fund.closed[year] = True
        return "closed"
