"""(e) Over HTTP: each main page and its API twin at two sizes, and a transition, as gunicorn serves them.

Goals: a JSON list of 100 rows reaches half the rate of a bare Flask + Core endpoint with the same rows, an HTML list
of 25 rows a quarter of it, a transition over HTTP 15 % of the bare driver's rate; nothing grows by more than a
fifth from the small city to the large one, and no page takes more statements there (where nothing waits for somebody,
one is left out).
"""

import json
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import event, text

from app.core.clock import SystemClock
from app.factory import create_app
from app.services.act import Act
from app.services.organisation.token import issue_token
from app.services.recording import Acting
from config import read_settings
from tests.app.pages.conftest import PASSWORD, give_passwords
from tests.benchmarks.load import Client, Load, make_get, run_load, serve
from tests.benchmarks.population import Population
from tests.benchmarks.timing import Figure
from tests.benchmarks.transition import ROUNDS, TASKS, Bare, Service, make_city, ready_tasks, record
from tests.city import NOW
from tests.databases import copy_postgresql, settings_of

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_EACH = {1: 40, 8: 15}
#: Eight clients on two cores swing by a third from pair to pair: their median is taken of more pairs.
_PAIRS = {1: 3, 8: 7}
#: The served clock is the real one, by which every task of the made-up city is late.
_LATE = {"evidence": "运行报告", "late_reason": "设备到货晚"}
#: (name, page, API twin, who reads); {task} and {project} stand for ids.
PAGES: tuple[tuple[str, str, str, str], ...] = (
    ("home, office", "/", "/api/v1/inbox?limit=50", "office1"),
    ("home, department head", "/", "/api/v1/inbox?limit=50", "tra_head"),
    ("tasks", "/tasks", "/api/v1/items?kind=task&state=open&limit=25", "office1"),
    ("tasks by pinyin, own department", "/tasks?sort=title", "/api/v1/items?kind=task&sort=title&limit=25", "tra_head"),
    ("portfolio", "/projects", "/api/v1/items?kind=project&state=open&limit=25", "office1"),
    ("task", "/items/{task}", "/api/v1/items/{task}", "office1"),
    ("project", "/items/{project}", "/api/v1/items/{project}", "office1"),
    ("escalation board", "/escalations", "/api/v1/escalations?limit=25", "office1"),
)


@dataclass(frozen=True, slots=True)
class Served:
    """A served city: its port, and cookie and token of its people."""

    population: Population
    port: int
    cookies: dict[str, str]
    tokens: dict[str, str]
    ids: dict[str, int]

    def page(self, path: str, login: str) -> bytes:
        """Return the request for a page."""
        return make_get(path.format(**self.ids), Cookie=self.cookies[login], Accept_Language="zh")

    def twin(self, path: str, login: str) -> bytes:
        """Return the request for an API address."""
        return make_get(path.format(**self.ids), Authorization=f"Bearer {self.tokens[login]}", Accept_Language="zh")


def give_tokens(population: Population, logins: set[str]) -> dict[str, str]:
    city, now = population.city, SystemClock().now()
    found = {}
    with city.database.writing() as session:
        for login in logins:
            person = city.people[login]
            act = Act(session.connection(), Acting(person, "self"), now, now.date(), "bench")
            found[login] = issue_token(act, person, "bench").text
    return found


def log_in(port: int, login: str) -> str:
    """Log in through the form and return the session's cookie."""
    client = Client(port)
    _, head, body = client.send(make_get("/login"))
    token, cookie = _TOKEN.search(body.decode()), _read_cookie(head)
    if token is None:
        raise AssertionError("the log-in form carries no token")
    data = urlencode({"csrf_token": token[1], "name": login, "password": PASSWORD}).encode()
    lines = ["POST /login HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}", f"Content-Length: {len(data)}",
             "Content-Type: application/x-www-form-urlencoded"]  # fmt: skip
    status, head, body = client.send(("\r\n".join(lines) + "\r\n\r\n").encode() + data)
    client.close()
    if status != 303:
        raise AssertionError(f"log-in: {status} {body[:300]!r}")
    return _read_cookie(head)


def _read_cookie(head: bytes) -> str:
    found = re.search(rb"set-cookie: (session=[^;]+)", head, re.IGNORECASE)
    if found is None:
        raise AssertionError("no session cookie")
    return found[1].decode()


def serve_city(stack: ExitStack, population: Population) -> Served:
    """Serve a city under gunicorn; its people of PAGES are logged in."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    give_passwords(population.city.database)
    logins = {page[3] for page in PAGES}
    port = stack.enter_context(serve("wsgi:application", population.url, folder))
    with population.city.database.reading() as session:
        ids = {
            kind: session.execute(
                text("SELECT id FROM items WHERE kind = :kind ORDER BY id OFFSET 5 LIMIT 1"), {"kind": kind}
            ).scalar_one()
            for kind in ("task", "project")
        }
    cookies = {login: log_in(port, login) for login in sorted(logins)}
    return Served(population, port, cookies, give_tokens(population, logins), ids)


def count_statements(population: Population, path: str, headers: dict[str, str]) -> int:
    """Return how many statements one request takes, in this process, on the second reading."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(read_settings(settings_of(population.url, Path(folder))))
        client = app.test_client(use_cookies=False)
        statements: list[str] = []

        def note(_: Any, __: Any, statement: str, *___: Any) -> None:  # noqa: ANN401
            statements.append(statement)

        client.get(path, headers=headers)
        engine = app.extensions["lianban"].database.engine
        event.listen(engine, "before_cursor_execute", note)
        answer = client.get(path, headers=headers)
        engine.dispose()
    if answer.status_code != 200:
        raise AssertionError(f"{path}: {answer.status_code}")
    return len(statements)


def _compare(small: Served, large: Served, which: int, *, is_page: bool) -> Iterator[Figure]:
    name, page, twin, login = PAGES[which]
    path = page if is_page else twin
    requests = [(served.page if is_page else served.twin)(path, login) for served in (small, large)]
    counts = [
        count_statements(
            served.population, path.format(**served.ids),
            {"Cookie": served.cookies[login]} if is_page else {"Authorization": f"Bearer {served.tokens[login]}"},
        )
        for served in (small, large)
    ]  # fmt: skip
    for clients, each in _EACH.items():
        pairs = [
            tuple(run_load(s.port, r, clients, each) for s, r in zip((small, large), requests, strict=True))
            for _ in range(_PAIRS[clients])
        ]
        growth = statistics.median(big.p50_ms / little.p50_ms for little, big in pairs)
        little, big = pairs[-1]
        same, no_more = counts[0] == counts[1], counts[1] <= counts[0]
        yield Figure(
            f"{name}, {'page' if is_page else 'API'}, {clients} client{'s' if clients > 1 else ''},"
            f" {counts[1]} statements{'' if same else f' (small: {counts[0]})'}",
            _tell(big), _tell(little), growth, "≤ 1.20", growth <= 1.2 and no_more,
        )  # fmt: skip


def _tell(load: Load) -> str:
    return f"{load.rate:.0f}/s, p50 {load.p50_ms:.1f} ms, p95 {load.p95_ms:.1f} ms"


def _against_bare(stack: ExitStack, served: Served) -> Iterator[Figure]:
    """Compare lists with the bare endpoint on the same city."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    bare = stack.enter_context(serve("tests.benchmarks.bare:make_bare()", served.population.url, folder))
    rows = make_get("/rows")
    sides = {
        "JSON list of 100 rows": (served.twin("/api/v1/items?kind=task&state=open&limit=100", "office1"), 0.5),
        "HTML list of 25 rows": (served.page("/tasks", "office1"), 0.25),
    }
    for name, (request, bound) in sides.items():
        for clients, each in _EACH.items():
            pairs = [
                (run_load(served.port, request, clients, each), run_load(bare, rows, clients, each)) for _ in range(5)
            ]
            share = statistics.median(ours.rate / theirs.rate for ours, theirs in pairs)
            ours, theirs = pairs[-1]
            yield Figure(f"{name}, {clients} client{'s' if clients > 1 else ''}", _tell(ours), f"bare {_tell(theirs)}",
                         share, f"≥ {bound}", share >= bound)  # fmt: skip


def run_lists(small: Population, large: Population) -> Iterator[Figure]:
    """Measure every page and its twin on both cities, then lists against the bare endpoint."""
    with ExitStack() as stack:
        few, many = serve_city(stack, small), serve_city(stack, large)
        for which in range(len(PAGES)):
            for is_page in (True, False):
                yield from _compare(few, many, which, is_page=is_page)
        yield from _against_bare(stack, few)


def run_transition() -> Iterator[Figure]:
    """Measure a transition over HTTP, one client on PostgreSQL, against the bare driver in the same run."""
    url = copy_postgresql()
    city = make_city(url)
    tasks = ready_tasks(city, TASKS)
    other = Service(city, ready_tasks(city, 1))
    own = other.tasks[0]
    recorded = [record(other, own), record(other, own)]
    bare = Bare(url, recorded, other.versions[own])
    token = give_tokens(Population(city, url, TASKS), {"tra_head"})["tra_head"]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(serve("wsgi:application", url, folder))
        client, versions, states = Client(port), {task: city.version(task) for task in tasks}, {}
        ours, theirs = [], []
        for turn in range(ROUNDS):
            begin = time.perf_counter()
            for task in tasks:
                versions[task], states[task] = _act(client, token, task, versions[task], turn)
            ours.append(time.perf_counter() - begin)
            begin = time.perf_counter()
            bare.run()
            theirs.append(time.perf_counter() - begin)
        client.close()
    rate, bound = TASKS / statistics.median(ours), TASKS / statistics.median(theirs)
    yield Figure("transition over HTTP, PostgreSQL, one client", f"{rate:.0f}/s", f"bare driver {bound:.0f}/s",
                 rate / bound, "≥ 0.15", rate / bound >= 0.15)  # fmt: skip


def _act(client: Client, token: str, task: int, version: int, turn: int) -> tuple[int, str]:
    action, fields = ("withdraw", {"reason": "附件有误"}) if turn % 2 else ("submit", _LATE)
    body = json.dumps({"fields": fields}).encode()
    lines = [
        f"POST /api/v1/items/{task}/actions/{action} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}",
        f'If-Match: "{version}"', f"Idempotency-Key: bench-{task}-{turn}-{NOW.timestamp():.0f}",
        "Content-Type: application/json", f"Content-Length: {len(body)}",
    ]  # fmt: skip
    status, _, answer = client.send(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
    if status != 200:
        raise AssertionError(f"{action}: {status} {answer[:300]!r}")
    found = json.loads(answer)
    return found["version"], found["state"]
