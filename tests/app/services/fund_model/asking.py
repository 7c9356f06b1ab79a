"""Requests and payments in the random play."""

from datetime import timedelta

import hypothesis.strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from app.models.allocation import Allocation, Spending
from tests.app.services.fund_model.model import FINAL, REVIEWED, Ask, Hand, Part, Pay
from tests.app.services.fund_model.table import STAFF, STRAY, Table, amounts, picks
from tests.money import yuan


class Asking(Table):
    """Drafts, decisions, instalments, payments, receipts."""

    def ask(self, pick: int, *states: str) -> Ask | None:
        """Pick an allocation in one of the states, now and then any; without one another goes on instead."""
        found = [one for one in self.world.asks if one.state in states or pick == STRAY]  # the rare pick
        if not found:
            self.take_further(pick)
        return found[pick % len(found)] if found else None

    def pay(self, pick: int, *states: str) -> Pay | None:
        """Pick a disbursement in one of the states; now and then any."""
        pays = [pay for ask in self.world.asks for pay in ask.pays]
        found = [one for one in pays if one.state in states or pick == STRAY]  # the rare pick
        if not found:
            self.take_further(pick)
        return found[pick % len(found)] if found else None

    def take_further(self, pick: int) -> None:
        """Take any allocation that is not ended a step on its way."""
        running = [one for one in self.world.asks if one.state not in FINAL]
        if running:
            self.advance(running[pick % len(running)])

    @rule(
        fund=st.integers(0, 1), project=picks, fen=amounts, cuts=st.lists(st.integers(1, 9), min_size=1, max_size=3),
        department=st.sampled_from(sorted(STAFF)), earmark=picks, least=st.integers(0, 100), go=st.integers(0, 4),
    )  # fmt: skip
    def draft(
        self, fund: int, project: int, fen: int, cuts: list[int], department: str, earmark: int, least: int, go: int
    ) -> None:
        """Draft a request, and often take it some steps on."""
        book = self.world.funds[fund]
        place = list(self.world.projects)[project % len(self.world.projects)]
        parts = self.split(fen, cuts)
        marks = [0, 0, *book.earmarks]
        mark = marks[earmark % len(marks)]
        minimum = max(1, fen * least // 200) if least > 50 else None  # half of them name one
        treasury = self.treasuries[fund]
        treasury.now = self.money.now
        done = self.both(
            lambda: self.world.check_draft(book, place, fen, parts, department, mark),
            lambda: treasury.draft(
                place, fen, by=STAFF[department][0], parts=tuple(parts), earmark_id=mark or None, minimum_fen=minimum
            ),
        )
        if done is None:
            return
        made = [Part(seq, one, held=seq > 1) for seq, one in enumerate(parts, 1)]
        self.world.asks.append(Ask(done[1], book, place, department, fen, made, self.world.today.year, minimum, mark))
        for _ in range(go):
            self.advance(self.world.asks[-1])

    def split(self, fen: int, cuts: list[int]) -> list[int]:
        """Split a request into instalments, somehow."""
        first = [max(1, fen * cut // (2 * sum(cuts))) for cut in cuts[1:]]
        return [fen - sum(first), *first] if sum(first) < fen else [fen]

    def advance(self, ask: Ask) -> None:
        """Take the next step of an undisturbed life."""
        match ask.state:
            case "draft" | "returned":
                self.submit(ask, by_head=False)
            case "submitted":
                self.both(lambda: self.world.endorse(ask), self.do(STAFF[ask.department][1], ask.id, "endorse"))
            case "finance_review" | "leadership_approval":
                leader = ask.state == "leadership_approval"
                step = "publish" if self.world.rule(ask).notice else "approve"
                refers = not leader and self.world.leaders_decide(ask)
                self.decision(ask, "refer" if refers else step, None, leader=leader)
            case "public_notice":
                if ask.notice_until is not None and self.world.today <= ask.notice_until:
                    self.move_to(self.money.now + (ask.notice_until - self.world.today) + timedelta(days=1))
                self.both(lambda: self.world.allocate(ask), self.do("fin1", ask.id, "allocate"))
            case "allocated":
                self.draw_and_pay(ask)

    def submit(self, ask: Ask, *, by_head: bool) -> None:
        """Submit; a head's own submission needs no endorsement."""
        login = STAFF[ask.department][by_head]
        self.both(lambda: self.world.submit(ask, by_head=by_head), self.do(login, ask.id, "submit"))

    @rule(pick=picks, head=st.booleans())
    def submit_some(self, pick: int, *, head: bool) -> None:
        """Submit a draft or what was returned."""
        if ask := self.ask(pick, "draft", "returned"):
            self.submit(ask, by_head=head)

    @rule(pick=picks, times=st.integers(1, 4))
    def go_on(self, pick: int, times: int) -> None:
        """Take an allocation further."""
        for _ in range(times):
            if ask := self.ask(pick, *REVIEWED, "allocated"):
                self.advance(ask)

    @rule(
        pick=picks, action=st.sampled_from(["approve", "publish", "refer"]), leader=st.booleans(),
        share=st.none() | st.integers(1, 110),
    )  # fmt: skip
    def decide(self, pick: int, action: str, share: int | None, *, leader: bool) -> None:
        """Decide, often less than asked for, sometimes too much."""
        if ask := self.ask(pick, "leadership_approval" if leader else "finance_review"):
            fen = None if share is None else max(1, ask.asked * share // 100)
            if not (leader and action == "refer"):
                self.decision(ask, action, fen, leader=leader)

    def decision(self, ask: Ask, action: str, fen: int | None, *, leader: bool) -> None:
        """Approve, publish or refer."""
        given = {} if fen is None else {"amount": yuan(fen)}
        more = {} if action == "refer" else {"basis": "会议纪要〔2026〕5号"}
        login = "leader" if leader else "fin1"
        done = self.both(
            lambda: self.world.decide(ask, action, fen, leader=leader), self.do(login, ask.id, action, **given, **more)
        )
        if done is not None and action == "publish":
            ask.notice_until = self.read(select(Allocation.notice_until_on).where(Allocation.item_id == ask.id))[0][0]
            assert (ask.notice_until - self.world.today).days >= self.world.rule(ask).notice

    @rule(pick=picks, answer=st.booleans())
    def object(self, pick: int, *, answer: bool) -> None:
        """Object to what is public, or answer all objections."""
        ask = self.ask(pick, "public_notice")
        if ask is None or ask.state != "public_notice":
            return
        if answer and ask.objections:
            self.do("fin1", ask.id, "answer_objection", answer="已核实")()
            ask.objections = 0
        elif not answer:
            self.do("office1", ask.id, "object", said_by="某单位", text="重复建设")()
            ask.objections += 1

    @rule(pick=picks)
    def allocate(self, pick: int) -> None:
        """Issue after the notice."""
        if ask := self.ask(pick, "public_notice"):
            self.both(lambda: self.world.allocate(ask), self.do("fin1", ask.id, "allocate"))

    @rule(pick=picks, action=st.sampled_from(["return", "reject", "withdraw"]))
    def end(self, pick: int, action: str) -> None:
        """Return, reject or withdraw a request."""
        if ask := self.ask(pick, *REVIEWED, *(("draft", "returned") if action == "withdraw" else ())):
            staff, head = STAFF[ask.department]
            deciders = {"submitted": head, "leadership_approval": "leader"}
            login = staff if action == "withdraw" else deciders.get(ask.state, "fin1")
            self.both(lambda: self.world.end(ask, action), self.do(login, ask.id, action, reason="不符"))

    @rule(pick=picks, sure=st.integers(0, 5))
    def cancel_project(self, pick: int, sure: int) -> None:
        """Cancel a project with all that hangs on it, seldom; a new one takes its place."""
        project = list(self.world.projects)[pick % len(self.world.projects)]
        if sure:
            return
        step = self.do("office1", project, "cancel", reason="不再实施")
        if self.both(lambda: self.world.cancel_project(project), step) is not None:
            self.world.projects[self.city.project(self.next("项目"), "TRA", supports=("ENE",))] = True

    # Paying.

    @rule(pick=picks)
    def draw(self, pick: int) -> None:
        """Ask for an instalment."""
        if ask := self.ask(pick, "allocated"):
            self.draw_one(ask)

    def draw_one(self, ask: Ask) -> Pay | None:
        """Ask for the next instalment."""
        seq = ask.undrawn[0].seq if ask.undrawn else 1
        step = self.do(
            STAFF[ask.department][0], ask.id, "draw", instalment=str(seq), account="622200000001", bank="示例银行"
        )
        done = self.both(lambda: self.world.draw(ask), step)
        if done is None:
            return None
        done[0].id = self.money.below(ask.id)[-1]
        return ask.pays[-1]

    def draw_and_pay(self, ask: Ask) -> None:
        """Meet the milestone, draw, check and pay the next instalment; else account for what was paid."""
        if not ask.undrawn:
            for pay in [one for one in ask.pays if one.state == "paid"]:
                self.account_for(pay, "return" if pay.id % 3 == 0 else "spend", 60 if pay.id % 2 else 100)
            return
        if ask.undrawn[0].held:
            self.meet_next(ask)
        drawn = self.draw_one(ask)
        if drawn is not None:
            self.turn(drawn, "check")
            self.pay_one(drawn, self.next("记"))

    @rule(pick=picks)
    def meet(self, pick: int) -> None:
        """Confirm a milestone."""
        ask = self.ask(pick, "allocated")
        if ask and ask.undrawn:
            self.meet_next(ask)

    def meet_next(self, ask: Ask) -> None:
        """Confirm the next instalment's milestone."""
        part = ask.undrawn[0]
        step = self.do("office1", ask.id, "meet_milestone", instalment=str(part.seq), evidence="验收单")
        self.both(lambda: self.world.meet(ask, part), step)

    def turn(self, pay: Pay, action: str) -> None:
        """Check, return, submit again or withdraw."""
        login = STAFF[pay.ask.department][0] if action in ("submit", "withdraw") else "fin1"
        more = {"submit": {"account": "622200000001", "bank": "另一银行"}, "check": {}}.get(
            action, {"reason": "账号有误"}
        )
        self.both(lambda: self.world.turn(pay, action), self.do(login, pay.id, action, **more))

    @rule(pick=picks, action=st.sampled_from(["check", "check", "return", "submit", "submit", "withdraw"]))
    def turn_some(self, pick: int, action: str) -> None:
        """Move a disbursement that is not paid."""
        if pay := self.pay(pick, "returned" if action == "submit" else "requested", "checked"):
            self.turn(pay, action)

    @rule(pick=picks, again=st.integers(0, 5))
    def pay_some(self, pick: int, again: int) -> None:
        """Pay; now and then with a voucher that was used."""
        if pay := self.pay(pick, "checked"):
            used = sorted(pay.ask.fund.vouchers)
            self.pay_one(pay, used[0] if used and not again else self.next("记"))

    def pay_one(self, pay: Pay, voucher: str) -> None:
        """Pay, by somebody else than who checked."""
        self.both(lambda: self.world.pay(pay, voucher), self.do("fin2", pay.id, "pay", voucher=voucher))

    @rule(pick=picks, kind=st.sampled_from(["spend", "spend", "return"]), share=st.integers(1, 120))
    def account(self, pick: int, kind: str, share: int) -> None:
        """Report what was spent or is paid back, sometimes too much; it is accepted later."""
        if pay := self.pay(pick, "paid"):
            self.report(pay, kind, share)

    def report(self, pay: Pay, kind: str, share: int) -> None:
        """Report a share of what is held."""
        fen = max(1, pay.ask.fund.money[self.world.held(pay)] * share // 100)
        given = {"amount": yuan(fen), "spent_on": self.world.today.isoformat(), "voucher": self.next("票")}
        given |= {"reason": "节余"} if kind == "return" else {"spent_for": "设备", "receipts": "发票"}
        action = "report_spending" if kind == "spend" else "report_return"
        step = self.do(STAFF[pay.ask.department][0], pay.id, action, **given)
        self.both(lambda: self.world.report(pay, kind, fen), step)

    def account_for(self, pay: Pay, kind: str, share: int) -> None:
        """Report and accept."""
        self.report(pay, kind, share)
        self.judge_one(pay, accept=True)

    @rule(pick=picks, accept=st.sampled_from([True, True, True, False]))
    def judge(self, pick: int, *, accept: bool) -> None:
        """Accept or refuse what was reported."""
        if pay := self.pay(pick, "paid"):
            self.judge_one(pay, accept=accept)

    def judge_one(self, pay: Pay, *, accept: bool) -> None:
        """Accept or refuse, and note the postings."""
        more = {} if accept else {"reason": "票据不符"}
        step = self.do("fin1", pay.id, "accept_spending" if accept else "refuse_spending", **more)
        done = self.both(lambda: self.world.judge(pay, accept=accept), step)
        made: list[Hand] = done[0] if done else []
        if made:
            ids = self.read(select(Spending.posting_id).where(Spending.item_id == pay.id).order_by(Spending.id))
            posted = [row[0] for row in ids if row[0] is not None][-len(made) :]
            for hand, posting_id in zip(made, posted, strict=True):
                hand.id = posting_id
                self.hands.append((pay.ask.fund, hand))

    @rule(pick=picks)
    def take_payment_back(self, pick: int) -> None:
        """Reverse a payment."""
        if pay := self.pay(pick, "paid"):
            self.both(lambda: self.world.take_payment_back(pay), self.do("fin1", pay.id, "reverse", reason="付错"))
