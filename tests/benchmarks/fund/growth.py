"""(f) A fund's page, its ledger and a posting, at 10,000 and at 1,000,000 entries, as gunicorn serves them.

Goal: nothing grows by more than a fifth. The entries reserve and release in turn for an allocation in a hundred, made
set-based; the ledger is whole at the end.
"""

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from app.services.entering import NewItem, enter_items
from app.services.recording import Acting
from tests.app.pages.conftest import give_passwords
from tests.benchmarks.fund.posting import Poster
from tests.benchmarks.load import Load, make_get, run_load, serve
from tests.benchmarks.pages import give_tokens, log_in
from tests.benchmarks.population import Population
from tests.benchmarks.timing import Figure, in_turn
from tests.benchmarks.transition import make_city
from tests.databases import copy_postgresql
from tests.money import WAN, YEAR, Treasury

SMALL, LARGE = 10_000, 1_000_000
_PER_ALLOCATION = 100
_PAIRS, _EACH = 5, 40
_ROUNDS = 7
_BATCH = 5_000
#: (name, address; {fund} stands for the id, {year} for the year)
_READ = (
    ("fund, page", "/funds/{fund}?year={year}"),
    ("fund, API", "/api/v1/funds/{fund}"),
    ("ledger, page", "/funds/{fund}/ledger?year={year}"),
    ("ledger, API", "/api/v1/funds/{fund}/postings?year={year}"),
)
_FILL = """
INSERT INTO fund_account (fund_id, year, kind, holder_id, department_id, allocation_id, balance_fen, overdraft_fen)
  SELECT :fund, :year, 'reserved', a.item_id, i.owner_department_id, a.item_id, 0, 0
  FROM allocation a JOIN items i ON i.id = a.item_id;
CREATE TEMP TABLE filler ON COMMIT DROP AS
  SELECT n, (SELECT COUNT(*) FROM fund_posting WHERE fund_id = :fund AND year = :year) + n AS seq,
    :first + ((n - 1) / 2) % :number AS item_id, n % 2 = 1 AS is_in FROM generate_series(1, :entries) AS n;
INSERT INTO fund_posting (fund_id, year, seq, operation, on_day, recorded_at, item_id, rule_id, is_exception, actor_id,
    acting_role)
  SELECT :fund, :year, seq, CASE WHEN is_in THEN 'reserve' ELSE 'release' END, CAST(:on AS date), now(), item_id,
    (SELECT MIN(id) FROM fund_rule), false, :actor, 'finance' FROM filler ORDER BY n;
INSERT INTO fund_entry (posting_id, from_account_id, to_account_id, amount_fen)
  SELECT p.id, CASE WHEN f.is_in THEN free.id ELSE own.id END, CASE WHEN f.is_in THEN own.id ELSE free.id END, 100
  FROM filler f JOIN fund_posting p ON p.fund_id = :fund AND p.year = :year AND p.seq = f.seq
  JOIN fund_account own ON own.kind = 'reserved' AND own.holder_id = f.item_id
  JOIN fund_account free ON free.kind = 'uncommitted' AND free.holder_id = 0 ORDER BY f.n;
UPDATE fund_year SET posted = posted + :entries WHERE fund_id = :fund AND year = :year;
"""


@dataclass(frozen=True, slots=True)
class Filled:
    """A fund with many entries; `holder_id` is one of its allocations."""

    url: str
    money: Treasury
    holder_id: int


def fill(entries: int) -> Filled:
    """Make the fund; about a minute for 1,000,000 entries."""
    url = copy_postgresql()
    money = Treasury.found(make_city(url), 1_000 * WAN)
    city, project, number = money.city, money.project(), entries // _PER_ALLOCATION
    details = {
        "fund_id": money.fund_id, "first_year": YEAR, "year": YEAR, "purpose": "建设", "need": "需要",
        "requested_fen": WAN,
    }  # fmt: skip
    new = [
        NewItem(
            "allocation", f"资金安排{n}", city.departments[("TRA", "ENE")[n % 2]], parent_id=project, details=details
        )
        for n in range(number)
    ]
    ids: list[int] = []
    for start in range(0, number, _BATCH):
        with city.database.writing() as session:
            acting, batch = Acting(city.people["office1"], "office"), new[start : start + _BATCH]
            ids += enter_items(session.connection(), city.book, acting, money.now, batch, source="bench")
    with city.database.writing() as session:
        given = {
            "fund": money.fund_id, "year": YEAR, "first": ids[0], "number": number, "entries": entries,
            "on": money.today, "actor": city.people["fin1"],
        }  # fmt: skip
        for statement in _FILL.split(";\n"):
            if statement.strip():
                session.execute(
                    text(statement), {name: value for name, value in given.items() if f":{name}" in statement}
                )
    with city.database.writing() as session:
        session.execute(text("ANALYZE"))
    return Filled(url, money, ids[0])


def run() -> Iterator[Figure]:
    """Measure both sizes in turn."""
    small, large = fill(SMALL), fill(LARGE)
    posters = {"small": Poster(small.money, small.holder_id), "large": Poster(large.money, large.holder_id)}
    found = in_turn({name: poster.run for name, poster in posters.items()}, _ROUNDS)
    growth = found["large"] / found["small"]
    yield Figure("posting at 1,000,000 entries", f"{found['large']:.2f} s", f"{found['small']:.2f} s at 10,000", growth,
                 "≤ 1.20", growth <= 1.2)  # fmt: skip
    with ExitStack() as stack:
        asked = [_serve(stack, one) for one in (small, large)]
        for place, (name, _) in enumerate(_READ):
            pairs = [
                tuple(run_load(port, requests[place], 1, _EACH) for port, requests in asked) for _ in range(_PAIRS)
            ]
            growth = statistics.median(big.p50_ms / little.p50_ms for little, big in pairs)
            little, big = pairs[-1]
            yield Figure(f"{name}, 1,000,000 entries", _tell(big), f"{_tell(little)} at 10,000", growth, "≤ 1.20",
                         growth <= 1.2)  # fmt: skip
    report = large.money.check()
    yield Figure("the large ledger is whole", f"{report.entries:,} entries", "—", float(len(report.faults)), "no fault",
                 not report.faults)  # fmt: skip


def _tell(load: Load) -> str:
    return f"p50 {load.p50_ms:.1f} ms"


def _serve(stack: ExitStack, one: Filled) -> tuple[int, list[bytes]]:
    """Serve a fund; return the port and the requests of _READ, as the finance bureau sends them."""
    give_passwords(one.money.city.database)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    port = stack.enter_context(serve("wsgi:application", one.url, folder))
    cookie = log_in(port, "fin1")
    token = give_tokens(Population(one.money.city, one.url, 0), {"fin1"})["fin1"]
    requests = []
    for name, address in _READ:
        path = address.format(fund=one.money.fund_id, year=YEAR)
        own = {"Cookie": cookie} if name.endswith("page") else {"Authorization": f"Bearer {token}"}
        requests.append(make_get(path, **own, Accept_Language="zh"))
    return port, requests
