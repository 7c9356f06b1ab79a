"""What one may not read changes nothing of what one sees: no page, list, count, figure or export tells that it exists.

Every address that asks for nothing but a log-in is read before and after a confidential task is made, handed on, late
and talked about; for who may not read it each answer is the same, byte for byte but for its tokens.
"""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.core.clock import FixedClock
from app.core.database import Database
from app.factory import create_app
from app.jobs.delivery import deliver
from app.jobs.summary import make_summaries
from app.jobs.sweep import run_sweep
from app.models.item import Item
from app.models.organisation import Department, Person
from app.services.act import Act
from app.services.entering import NewItem, enter_items
from app.services.organisation.token import issue_token
from app.services.recording import Acting
from app.services.transitions import Request, perform
from config import read_settings
from tests.app.pages.conftest import PASSWORD, Visit, hash_once
from tests.lived import NOW, copy_lived, find_shared, make_tools

#: Somebody of the department that supports it, of the one that leads it, of another, without work on items.
LOGINS = ("transport2", "garden", "finance", "admin")
_TITLE = "限知事项不露痕迹"
#: What answers differently each time: tokens against forgery, keys of forms, instants of one's own session.
_FLEETING = re.compile(r'(csrf_token"[^>]*value="|X-CSRFToken&#34;: &#34;|name="key" value="|"X-CSRFToken": ")[^"&]+')
#: These speak of the machine or of the caller's own log-ins: what the sweep did, when one was seen.
_ASIDE = re.compile(r"^/(assets|bootstrap|healthz|readyz|metrics|day|api/v1/(openapi|docs|day))|/csrf$|^/me/sessions")

#: An administrator reads the log, without titles (decision 0021), and how much open work a department has.
_OF_ADMINISTRATORS = {"/api/v1/audit", "/log", "/log.csv", "/organisation"}
#: Theirs too: how much of the log waits for its seal and how the machine does, which any work may change.
_OF_THE_MACHINE = {"/health", "/api/v1/health", "/log/heads", "/log/heads.jsonl", "/api/v1/audit/heads"}


class Before:
    """The lived city with a client and a token for each of LOGINS."""

    def __init__(self, url: str, folder: str) -> None:
        """Let everybody log in."""
        settings = read_settings({
            "LIANBAN_DATABASE_URL": url, "LIANBAN_VAR": folder, "LIANBAN_SECRET_KEY": "made-up-" * 5,
            "LIANBAN_RATE_LIMIT": "off", "LIANBAN_LOG_IN_LIMIT": "off",
        })  # fmt: skip
        self.app = create_app(settings, FixedClock(NOW))
        self.database: Database = self.app.extensions["lianban"].database
        self.tools = make_tools(self.database)
        with self.database.writing() as session:
            session.execute(update(Person).where(~Person.is_system).values(password_hash=hash_once()))
            self.people = {row[0]: row[1] for row in session.execute(select(Person.login, Person.id))}
            self.departments = {row[0]: row[1] for row in session.execute(select(Department.code, Department.id))}
            self.tokens = {}
            for login in LOGINS:
                act = Act(session.connection(), Acting(self.people[login], "self"), NOW, NOW.date(), "test")
                self.tokens[login] = issue_token(act, self.people[login], "unseen").text

    def begin(self, login: str) -> FlaskClient:
        """Return a browser in which `login` is logged in."""
        visit = Visit(self.app.test_client(), login)
        assert visit.log_in(login, password=PASSWORD).status_code == 303
        return visit.client

    def work(self) -> None:
        """Let the scheduler do what it does: sweep, deliver, count."""
        run_sweep(self.tools, NOW, source="test")
        deliver(self.tools, NOW)
        make_summaries(self.database, self.tools.book, NOW)

    def do(self, login: str, item_id: int, action: str, **fields: str) -> None:
        """Take a step on the item."""
        with self.database.writing() as session:
            perform(session, self.tools.book, self.people[login], NOW, item_id, Request(action, fields, source="test",
                    version=self.version(item_id)))  # fmt: skip

    def version(self, item_id: int) -> int:
        """Return the item's present version, as the director reads it."""
        with self.database.reading() as session:
            return session.execute(select(Item.version).where(Item.id == item_id)).scalar_one()

    def addresses(self) -> list[str]:
        """Return every address that needs no number, pages and API, exports with their endings."""
        found = []
        for rule in self.app.url_map.iter_rules():
            path = rule.rule.replace("<ending>", "csv")
            if "GET" in (rule.methods or ()) and "<" not in path and not _ASIDE.search(path):
                found.append(path)
        return sorted({*found, "/items?view=all", "/tasks?view=all&q=限知", "/api/v1/items?q=限知", "/city?period=all"})

    def read(self, login: str, client: FlaskClient) -> dict[str, tuple[int, str]]:
        """Return status and body of every address, without what is different each time."""
        found = {}
        for path in self.addresses():
            is_api = path.startswith("/api/")
            headers = {"Authorization": f"Bearer {self.tokens[login]}"} if is_api else {}
            answer = (self.app.test_client(use_cookies=False) if is_api else client).get(path, headers=headers)
            text = answer.get_data(as_text=True).replace(answer.headers["X-Request-Id"], "")
            found[path] = (answer.status_code, _FLEETING.sub(r"\1", text))
        return found


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Before]:
    """Give a copy of the lived city."""
    folder = tmp_path_factory.mktemp("unseen")
    found = Before(copy_lived(find_shared(tmp_path_factory), folder), str(folder))
    yield found
    found.database.engine.dispose()


def test_what_may_not_be_read_leaves_no_trace(lived: Before) -> None:
    """Lists, counts, figures, exports, inbox, messages, board, brief: the same before and after."""
    lived.work()
    browsers = {login: lived.begin(login) for login in LOGINS}
    for login, client in browsers.items():
        lived.read(login, client)  # what is made at the first sight of a page is there
    before = {login: lived.read(login, client) for login, client in browsers.items()}
    item = NewItem(
        "task", _TITLE, lived.departments["WEA"], due_on=date(2026, 4, 20), confidential=True,
        supports=[(lived.departments["TRA"], "配合", None)], criteria=("完成",),
    )  # fmt: skip
    with lived.database.writing() as session:
        acting = Acting(lived.people["director"], "office")
        task = enter_items(session.connection(), lived.tools.book, acting, NOW, [item], source="test")[0]
    lived.do("director", task, "assign")
    lived.do("weather", task, "receive")
    lived.do("weather", task, "start")
    lived.do("director", task, "urge", channel="message", note="请抓紧")
    lived.work()
    for login, client in browsers.items():
        after = lived.read(login, client)
        assert len(after) > 60
        changed = {path for path in after if after[path] != before[login][path]}
        if login == "admin":
            changed -= _OF_THE_MACHINE
        assert changed == (_OF_ADMINISTRATORS if login == "admin" else set()), login
        assert not any(_TITLE in body for _status, body in after.values())
    director = lived.begin("director")
    assert _TITLE in director.get("/tasks?view=all&q=限知").text, "who may read it finds it"
