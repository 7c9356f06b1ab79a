"""A small treasury for tests: a finance bureau in the made-up city, a fund of one year, requests and payments."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import func, insert, select

from app.core.text import fold, sort_key
from app.models.fund import FundAccount, FundEarmark, FundPosting, FundYear
from app.models.item import Item
from app.models.organisation import Department, DepartmentName
from app.policy.people import Actor, find_actor
from app.services.act import Act
from app.services.fund.checking import LedgerReport, check_ledger
from app.services.fund.drafting import Draft, Goal, Instalment, draft_allocation
from app.services.fund.keeping import BudgetEntry, FundText, RuleText, change_rule, open_fund, post_budget
from app.services.fund.posting import Posted
from app.services.fund.reversing import reverse_posting
from app.services.fund.year_end import YearEnd, close_year
from app.services.recording import Acting
from tests.city import FIRST, NOW, City

T = TypeVar("T")
YEAR = NOW.year
TEXT = FundText("F1", "联合项目专项资金", None, "联合项目建设", "市财〔2025〕1号", "CNY", YEAR, YEAR + 2)
RULE = RuleText(date(2026, 1, 1), "stop", "carry", "财专", "设立")
#: Ten thousand yuan, in fen.
WAN = 1_000_000


def add_finance(city: City) -> None:
    """Add the finance bureau with its head and two finance posts: fin_head, fin1, fin2."""
    with city.database.writing() as session:
        connection = session.connection()
        city.departments["FIN"] = connection.execute(
            insert(Department)
            .values(code="FIN", name="财政局", sort_key=sort_key("财政局"), from_on=FIRST)
            .returning(Department.id)
        ).scalar_one()
        connection.execute(
            insert(DepartmentName).values(
                department_id=city.departments["FIN"], name="财政局", folded=fold("财政局"), from_on=FIRST
            )
        )
    for login, duty in (("fin_head", "head"), ("fin1", "finance"), ("fin2", "finance")):
        city.add_person(login, ("FIN", duty, False))


@dataclass
class Treasury:
    """A fund in a city; `now` is when everything happens and may be moved."""

    city: City
    fund_id: int = 0
    now: datetime = NOW

    @classmethod
    def found(cls, city: City, total_fen: int = 100 * WAN, rule: RuleText = RULE, **more: Any) -> "Treasury":  # noqa: ANN401
        """Open a fund with `total_fen` in its first year, at `now`."""
        if "FIN" not in city.departments:
            add_finance(city)
        made = cls(city, now=more.pop("now", NOW))
        first = replace(rule, from_on=made.today)
        text = replace(TEXT, **more)
        made.fund_id = made.by("fin1", lambda act, _: open_fund(act, city.departments["FIN"], text, first))
        if total_fen:
            made.budget("appropriate", total_fen)
        return made

    @property
    def today(self) -> date:
        """The city's date."""
        return self.now.astimezone(self.city.book.zone).date()

    def at(self, year: int, month: int, day: int) -> "Treasury":
        """Move to 10:00 in the city on a day."""
        self.now = datetime(year, month, day, 2, 0, tzinfo=UTC)
        return self

    def by(self, login: str, work: Callable[[Act, Actor], T]) -> T:
        """Do something in the services as somebody, in a unit of its own."""
        city = self.city
        with city.database.writing() as session:
            connection = session.connection()
            actor = find_actor(connection, city.people[login], self.today, self.now)
            assert actor is not None
            capacity = actor.capacities[0]
            acting = Acting(actor.person_id, capacity.duty.value, capacity)
            return work(Act(connection, acting, self.now, self.today, "test"), actor)

    def budget(self, operation: str, fen: int, *, by: str = "fin1", **more: Any) -> Posted:  # noqa: ANN401
        """Post an entry on this year."""
        entry = BudgetEntry(
            operation, more.pop("year", self.today.year), fen, more.pop("basis", "市财〔2026〕2号"), **more
        )
        return self.by(by, lambda act, _: post_budget(act, self.fund_id, entry))

    def rule(self, version: int, **changed: Any) -> int:  # noqa: ANN401
        """Give the fund other rules from today on; return its new version."""
        rule = replace(RULE, from_on=self.today, **changed)
        return self.by("fin1", lambda act, _: change_rule(act, self.fund_id, version, rule))

    def project(self, title: str = "交通能源数据共享", lead: str = "TRA") -> int:
        """Propose a project."""
        return self.city.project(title, lead)

    def draft(
        self,
        project_id: int,
        fen: int,
        *,
        by: str = "tra_staff",
        parts: tuple[int, ...] = (),
        **more: Any,  # noqa: ANN401
    ) -> int:
        """Draft a request; `parts` are the instalments (one without a milestone unless given; later ones have one)."""
        amounts = parts or (fen,)
        draft = Draft(
            more.pop("title", "信号机升级"), self.fund_id, "采购与实施", "现有设备不能联网", fen,
            goals=more.pop("goals", (Goal("quantity", "接入路口", "120个"),)),
            instalments=[
                Instalment(amount, None if place == 0 else f"节点{place}") for place, amount in enumerate(amounts)
            ],
            **more,
        )  # fmt: skip
        return self.by(by, lambda act, actor: draft_allocation(act, self.city.book, actor, project_id, draft, None))

    def do(self, login: str, item_id: int, action: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401
        """Take a step now."""
        return self.city.do(login, item_id, action, fields, now=self.now).answer

    def submit(self, item_id: int) -> None:
        """Submit and endorse a request of the transport bureau."""
        self.do("tra_staff", item_id, "submit")
        self.do("tra_head", item_id, "endorse")

    def allocated(self, fen: int, *, project_id: int | None = None, parts: tuple[int, ...] = (), **more: Any) -> int:  # noqa: ANN401
        """Return a request that was submitted, endorsed and allocated by finance."""
        item_id = self.draft(project_id or self.project(), fen, parts=parts, **more)
        self.submit(item_id)
        self.do("fin1", item_id, "approve")
        return item_id

    def drawn(self, allocation_id: int, instalment: int = 1) -> int:
        """Ask for an instalment; return the disbursement."""
        self.do(
            "tra_staff", allocation_id, "draw", instalment=str(instalment), account="6222000000000001", bank="示例银行"
        )
        return self.below(allocation_id)[-1]

    def paid(self, allocation_id: int, instalment: int = 1, voucher: str | None = None) -> int:
        """Return a disbursement that was checked and paid."""
        item_id = self.drawn(allocation_id, instalment)
        self.do("fin1", item_id, "check")
        self.do("fin2", item_id, "pay", voucher=voucher or f"记{item_id}")
        return item_id

    def spent(self, disbursement_id: int, fen: int, voucher: str = "票1") -> None:
        """Report spending and have it accepted."""
        self.do(
            "tra_staff", disbursement_id, "report_spending", amount=yuan(fen), spent_on=self.today.isoformat(),
            spent_for="设备款", voucher=voucher, receipts="发票",
        )  # fmt: skip
        self.do("fin1", disbursement_id, "accept_spending")

    def below(self, item_id: int) -> list[int]:
        """Return the items below one, oldest first."""
        with self.city.database.reading() as session:
            rows = session.execute(select(Item.id).where(Item.parent_id == item_id).order_by(Item.id))
            return list(rows.scalars())

    def reverse(self, login: str, posting_id: int, reason: str = "记错") -> Posted:
        """Reverse a posting."""
        return self.by(login, lambda act, _: reverse_posting(act, self.city.book, posting_id, reason))

    def close(self, year: int) -> YearEnd:
        """Close the fund's year."""
        return self.by("fin1", lambda act, _: close_year(act, self.fund_id, year))

    def totals(self, year: int = YEAR) -> dict[str, int]:
        """Return what stands where in a year, by kind; what is nothing is left out."""
        with self.city.database.reading() as session:
            own = session.execute(
                select(FundYear).where(FundYear.fund_id == self.fund_id, FundYear.year == year)
            ).scalar_one()
            kinds = ("source", "carried_over", "uncommitted", "reserved", "committed", "paid", "spent", "returned")
            return {kind: fen for kind in kinds if (fen := getattr(own, f"{kind}_fen"))}

    def balance(self, kind: str, holder_id: int = 0, year: int = YEAR) -> int:
        """Return what stands on one account."""
        with self.city.database.reading() as session:
            found = session.execute(
                select(FundAccount.balance_fen).where(
                    FundAccount.fund_id == self.fund_id, FundAccount.year == year, FundAccount.kind == kind,
                    FundAccount.holder_id == holder_id,
                )
            ).scalar_one_or_none()  # fmt: skip
        return found or 0

    def last_posting(self) -> int:
        """Return the newest posting of the fund."""
        with self.city.database.reading() as session:
            own = select(func.max(FundPosting.id)).where(FundPosting.fund_id == self.fund_id)
            return int(session.execute(own).scalar_one())

    def earmark(self, name: str) -> int:
        """Return an earmark's id."""
        with self.city.database.reading() as session:
            own = select(FundEarmark.id).where(FundEarmark.fund_id == self.fund_id, FundEarmark.name == name)
            return session.execute(own).scalar_one()

    def check(self) -> LedgerReport:
        """Check the ledger."""
        with self.city.database.reading() as session:
            return check_ledger(session.connection())


def yuan(fen: int) -> str:
    """Return an amount as people send it."""
    return f"{fen // 100}.{fen % 100:02d}"
