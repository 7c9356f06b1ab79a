"""One run of chaos, from an empty city to the judge: fleet and load begin, things break, all settles, is judged."""

import random
import shutil
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.core.database import Database, make_engine
from app.models.long_work import LongWork
from app.models.message import Mail, Message
from app.services.message.inbox import set_mail_choice
from app.services.organisation.token import issue_token
from app.services.rulebook import Rulebook
from tests.chaos.faults import Surroundings
from tests.chaos.judging import find_faults, find_wrong_bytes, run_checks
from tests.chaos.ordeal import Ordeal, Story
from tests.chaos.surroundings import Disk, MoodyPostbox, OwnServer, open_disk, serve_moody_mail
from tests.city import NOW, City, fill_city, find_city
from tests.databases import copy_filled_postgresql, copy_filled_sqlite, drop_postgresql, use_ring
from tests.fleet.calling import Books, Posting
from tests.fleet.driving import Fleet
from tests.fleet.judging import is_settled
from tests.fleet.load import ASKERS
from tests.fleet.mixed import PEOPLE, MixedLoad
from tests.messaging import give_addresses, make_act
from tests.money import WAN, Treasury
from workflows.hours import Hours

ROLES = {
    "postgresql": ("web", "web", "worker", "worker", "scheduler", "scheduler"),
    "sqlite": ("web", "web", "scheduler", "scheduler"),
}
#: Who is written to at once, without waiting for a digest.
MAILED = ("tra_head", "office1", "tra_staff")
#: What the fund begins with: more than is ever asked for.
FUND_FEN = 50_000_000 * WAN
SETTLE_SECONDS = 180.0
_DAY = 24 * 3600.0


@dataclass(frozen=True)
class Plan:
    """How hard a run is: the bounds in seconds between kills and between other faults, how much room there is."""

    kills: tuple[float, float] = (3.5, 5.5)
    faults: tuple[float, float] = (4.0, 9.0)
    megabytes: int = 400
    payers: int = 2
    folders: int = 40
    pause_seconds: float = 0.4


@dataclass
class Outcome:
    """What a run showed."""

    seed: int
    story: Story
    books: Books
    kills: dict[str, int]
    ended: int
    mails: int = 0
    mails_again: int = 0
    messages: int = 0
    #: Works that failed after their last try, mails that the sick server refused to the last.
    works_failed: int = 0
    mails_failed: int = 0
    settle_seconds: float = 0.0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    logs: str = ""


def run_chaos(
    kind: str, seed: int, is_over: Callable[[float, Books], bool], *, plan: Plan, script: Sequence[str] = (),
    say: Callable[[str], None] = lambda _text: None, then: Callable[[City, Path], None] = lambda _city, _var: None,
) -> Outcome:  # fmt: skip
    """Let chaos come over a city on a database of this kind until `is_over` (seconds, books), settle, and judge.

    `say` hears what happens; `then` may harm the settled city before the judge comes.
    """
    chance = random.Random(seed)  # noqa: S311  # a repeatable story, no secret
    use_ring()
    with ExitStack() as stack:
        folder = Path(mkdtemp(prefix="lianban-chaos-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        disk = stack.enter_context(open_disk(folder / "var", plan.megabytes))
        url, server, built = _make_database(kind, disk, stack)
        database = Database(make_engine(url))
        stack.callback(database.engine.dispose)
        city = find_city(database, Rulebook(ZoneInfo("Asia/Shanghai"), Hours()), built)
        treasury = _found(city)
        tokens = _give_tokens(city)
        box = stack.enter_context(serve_moody_mail())
        smtp = f"smtp://{box.server.host}:{box.server.port}"
        fleet = stack.enter_context(Fleet(url, folder, NOW, smtp=smtp, roles=ROLES[kind], seed=seed))
        disk.writers = fleet.list_processes
        load = MixedLoad(
            city, fleet.ports, tokens, fund_id=treasury.fund_id, payers=plan.payers, files=plan.folders, seed=seed,
            pause_seconds=plan.pause_seconds,
        )  # fmt: skip
        load.books.postings.append(Posting("appropriate", FUND_FEN, basis="市财〔2026〕2号"))
        around = Surroundings(fleet, box, disk, server, chance)
        ordeal = Ordeal(fleet, around, chance, kills=plan.kills, faults=plan.faults)
        began = time.monotonic()
        load.begin()
        ordeal.run(lambda seconds: is_over(seconds, load.books), script)
        outcome = Outcome(seed, ordeal.story, load.books, fleet.kills, fleet.ended, seconds=time.monotonic() - began)
        say(f"the storm is over after {outcome.seconds:.0f} s; everything settles")
        outcome.settle_seconds = _settle(city, fleet, load)
        say(f"settled after {outcome.settle_seconds:.1f} s; the judge comes")
        then(city, disk.folder)
        outcome.faults += find_wrong_bytes(load.books, fleet.ports[0], tokens["office1"])
        outcome.faults += _judge(city, fleet, load, box, outcome)
        outcome.logs = fleet.read_logs()
    return outcome


def _make_database(kind: str, disk: Disk, stack: ExitStack) -> tuple[str, OwnServer | None, City]:
    """Make a database with the made-up city: a file on the small disk, or a server of its own."""
    if kind == "sqlite":
        url, built = copy_filled_sqlite(disk.folder, fill_city)
        return url, None, built
    url, built = copy_filled_postgresql(fill_city)
    stack.callback(drop_postgresql, url)
    server = OwnServer(url)
    stack.callback(server.stop)
    return server.url, server, built


def _found(city: City) -> Treasury:
    """Open the fund, and let some people have mail at once."""
    treasury = Treasury.found(city, FUND_FEN)
    give_addresses(city, *MAILED)
    with city.database.writing() as session:
        for login in MAILED:
            set_mail_choice(make_act(session, city, login), "once")
    return treasury


def _give_tokens(city: City) -> dict[str, str]:
    with city.database.writing() as session:
        return {
            login: issue_token(make_act(session, city, login, NOW), city.people[login], "chaos").text
            for login in {*PEOPLE, *ASKERS}
        }


def _settle(city: City, fleet: Fleet, load: MixedLoad) -> float:
    """Let everybody end; then put all clocks to the next morning, past all that any wrong clock has said."""
    began = time.monotonic()
    city.database.engine.dispose()  # our own connections went with the server
    fleet.revive()
    load.end()
    for member in fleet.members:
        fleet.put_clock(member, _DAY)
    while not (is_settled(city.database) and all(map(_is_ready, fleet.ports))):
        fleet.revive()
        if time.monotonic() - began > SETTLE_SECONDS:
            load.calls.note(f"not settled after {SETTLE_SECONDS:.0f} s")
            break
        time.sleep(0.2)
    return time.monotonic() - began


def _judge(city: City, fleet: Fleet, load: MixedLoad, box: MoodyPostbox, outcome: Outcome) -> list[str]:
    """Return what is wrong; each death of who sends mail, each cut from the database can leave one unrecorded."""
    senders = sum(member.role != "web" for member in fleet.members)
    deaths = sum(times for role, times in fleet.kills.items() if role != "web") + fleet.ended
    faults = outcome.story.faults
    cuts = faults["database stopped"] + faults["connections cut"] + faults["disk full"]
    found = find_faults(city, load.books, box, deaths + box.untold + cuts * senders)
    found += run_checks(fleet.env)
    came = Counter(str(mail["Message-ID"]) for _, mail in box.mails)
    outcome.mails, outcome.mails_again = len(came), sum(came.values()) - len(came)
    with city.database.reading() as session:
        outcome.messages = len(session.execute(select(Message.id)).all())
        outcome.works_failed = len(session.execute(select(LongWork.id).where(LongWork.status == "failed")).all())
        outcome.mails_failed = len(session.execute(select(Mail.id).where(Mail.status == "failed")).all())
    return found


def _is_ready(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30):
        return True
    return False
