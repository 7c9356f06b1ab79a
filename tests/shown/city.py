"""Serves the lived city from a loopback port, with a clock that stands at the end of its last day.

Everybody's session is made without the log-in form, so that a browser is at once where a test begins.
"""

import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from app.core.clock import FixedClock
from app.core.database import Database
from app.edge.paperwork.issuing import freeze_paper
from app.edge.paperwork.kind import Ask
from app.factory import create_app
from app.jobs.summary import make_summaries
from app.jobs.sweep import run_sweep
from app.jobs.table import JOBS
from app.jobs.tools import Tools
from app.models.item import Item
from app.models.organisation import Person
from app.models.report_plan import ReportDelivery
from app.services.escalation.job_run import beat, finish_run, start_run
from config import read_settings
from tests.lived import copy_lived, make_book
from tests.serving import serve_whole
from tests.working import do_works

PASSWORD = "yunzhou-demo"
#: Tuesday 30 June 2026, 17:31 in Shanghai: the story's last working day is over.
NOW = datetime(2026, 6, 30, 9, 31, tzinfo=UTC)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_KEY = re.compile(r'name="key" value="([^"]+)"')
#: What places name in braces: an item by its title, anything else by a statement.
_TITLES = {
    "project": "云州市中心城区交通信号协同控制",
    "red": "云州城市大脑中枢平台",
    "task": "开通景区与地铁接驳专线",
    "draft": "上报年度节能目标完成情况",
    "received": "核查网约房治安登记情况",
    "submitted": "建立重点工程农民工工资预警",
    "slip": "预警单：恢复澄湖公园夜间照明",
    "answered": "督办单：推进老旧小区加装电梯联合审批",
    "drafted": "督办单：清理智慧项目重复运维合同",
    "request": "延期申请：开通景区与地铁接驳专线",
    "review": "云州市城乡学校数字教育资源均衡配置",
    "signing": "统一冬季供热投诉处置口径",
    "share": "统筹青川区道路挖掘计划并恢复路面",
}
_IDS = {
    "fund": "SELECT min(id) FROM fund",
    "call": "SELECT min(id) FROM fund_call",
    "group": "SELECT min(id) FROM items WHERE kind = 'leadership_group' AND state = 'established'",
    "drafted_group": "SELECT min(id) FROM items WHERE kind = 'leadership_group' AND state = 'draft'",
    "series": "SELECT min(id) FROM meeting_series",
    "ahead": "SELECT min(id) FROM items WHERE kind = 'meeting' AND state = 'notified'",
    "session": "SELECT min(id) FROM items WHERE kind = 'meeting' AND state = 'held'",
    "drafting": "SELECT min(id) FROM items WHERE kind = 'meeting' AND state = 'minutes_draft'",
    "corrected": "SELECT min(meeting_id) FROM minutes_issue WHERE version = 2",
    "topic": "SELECT min(id) FROM items WHERE kind = 'agenda_item' AND state = 'submitted'",
    "drafted_topic": "SELECT min(i.id) FROM items i JOIN department d ON d.id = i.owner_department_id"
    " WHERE i.kind = 'agenda_item' AND i.state = 'returned' AND d.code = 'GRE'",
    "noted": "SELECT min(id) FROM items WHERE kind = 'decision' AND state = 'draft'",
    "decided": "SELECT min(id) FROM items WHERE kind = 'decision' AND state = 'in_force'",
    "drafted_call": "SELECT min(id) FROM fund_call WHERE state = 'drafted'",
    "posting": "SELECT min(id) FROM fund_posting WHERE operation = 'pay'",
    "allocation": "SELECT max(allocation_id) FROM fund_account WHERE kind = 'paid' AND year = 2026",
    "disbursement": "SELECT max(holder_id) FROM fund_account WHERE kind = 'paid' AND year = 2026",
    "any_share": "SELECT min(id) FROM items WHERE kind = 'share' AND state = 'in_progress'",
    "department": "SELECT id FROM department WHERE code = 'TRA'",
    "other": "SELECT id FROM department WHERE code = 'ENE'",
    "person": "SELECT id FROM person WHERE login = 'transport2'",
    "holding": "SELECT h.id FROM holding h JOIN person p ON p.id = h.person_id WHERE p.login = 'transport2'",
    "document": "SELECT min(id) FROM source_document",
    "template": "SELECT id FROM project_template WHERE key = 'smart-traffic'",
}


@cache
def _hash_once() -> str:
    return PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)


@dataclass
class Shown:
    """The served city: its address, its application, the ids that places name."""

    app: Flask
    database: Database
    address: str
    path: Path
    ids: dict[str, Any] = field(default_factory=dict)
    _cookies: dict[str, str] = field(default_factory=dict)

    def locate(self, place: str) -> str:
        """Return the path of a place: names in braces become ids."""
        return place.format(**self.ids)

    def log_in(self, login: str) -> tuple[FlaskClient, str]:
        """Return a client without script that is logged in, and a token against forgery for its forms."""
        client = self.app.test_client()
        found = _TOKEN.search(client.get("/login").text)
        assert found is not None
        response = client.post("/login", data={"csrf_token": found[1], "name": login, "password": PASSWORD})
        assert response.status_code == 303, response.text
        found = _TOKEN.search(client.get("/me").text)
        assert found is not None
        return client, found[1]

    def cookie(self, login: str) -> str:
        """Return the session's cookie of somebody; one session each."""
        if login not in self._cookies:
            client, _ = self.log_in(login)
            found = client.get_cookie("session")
            assert found is not None
            self._cookies[login] = found.value
        return self._cookies[login]

    def prefer(self, login: str, **values: str) -> None:
        """Let somebody prefer a language (`locale`) or a ground (`theme`)."""
        with self.database.writing() as session:
            session.execute(update(Person).where(Person.login == login).values(**values))

    def keep(self) -> None:
        """Keep the city as it is now, for `reset`."""
        with self.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(self.path, self.path.with_suffix(".kept"))

    def reset(self) -> None:
        """Put the city back to what was kept; every session that was made since is gone."""
        self.database.engine.dispose()
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        shutil.copy(self.path.with_suffix(".kept"), self.path)
        self._cookies.clear()


@contextmanager
def serve_shown(shared: Path, folder: Path, now: datetime = NOW) -> Iterator[Shown]:
    """Serve a copy of the lived city; `shared` keeps the city itself, `folder` the copy and its files."""
    url = copy_lived(shared, folder)
    settings = read_settings({
        "LIANBAN_DATABASE_URL": url, "LIANBAN_VAR": str(folder), "LIANBAN_SECRET_KEY": "made-up-" * 5,
        "LIANBAN_RATE_LIMIT": "off", "LIANBAN_LOG_IN_LIMIT": "off",
    })  # fmt: skip
    app = create_app(settings, FixedClock(now))
    database: Database = app.extensions["lianban"].database
    server = serve_whole(app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    shown = Shown(app, database, f"http://127.0.0.1:{server.port}", Path(url.removeprefix("sqlite:///")))
    with database.writing() as session:
        session.execute(update(Person).where(~Person.is_system).values(password_hash=_hash_once(), guided_at=NOW))
    shown.ids = {**_find_ids(database), **_furnish(shown)}
    shown.keep()
    yield shown
    server.shutdown()
    thread.join()
    server.server_close()
    database.engine.dispose()


def _find_ids(database: Database) -> dict[str, Any]:
    with database.reading() as session:
        found = {
            name: session.execute(select(Item.id).where(Item.title == title).order_by(Item.id).limit(1)).scalar_one()
            for name, title in _TITLES.items()
        }
        return found | {name: session.execute(text(statement)).scalar_one() for name, statement in _IDS.items()}


def _furnish(shown: Shown) -> dict[str, Any]:
    """Add what months of mere work leave out: a finished export, a saved view, a draft, a feed, a batch; summaries."""
    client, token = shown.log_in("office")
    found: dict[str, Any] = {}

    def send(address: str, expected: int, values: Mapping[str, str]) -> str:
        response = client.post(address, data={"csrf_token": token, **values})
        assert response.status_code == expected, f"{address}: {response.status_code} {response.text[-2000:]}"
        return response.headers.get("Location", "")

    found["work"] = send("/works", 303, {"query": "kind=task&view=open", "format": "xlsx"}).rsplit("/", 1)[1]
    plan = {
        "kind": "progress", "name": "领导小组月报", "day": "workday", "number": "1", "rest": "next", "clock": "08:30",
        "languages": "zh", "endings": "xlsx", "people": "leader",
    }  # fmt: skip
    found["report_plan"] = send("/reports/plans/new", 303, plan).rsplit("/", 1)[1]
    send(f"/reports/plans/{found['report_plan']}/run", 303, {"version": "1"})
    do_works(shown.app)
    with shown.database.reading() as session:
        found["report_run"] = session.execute(select(ReportDelivery.run_id)).scalar_one()
    send("/views", 303, {"place": "tasks", "query": "view=open&light=red", "name": "红灯任务"})
    send("/me/feeds", 200, {"label": "办公室日历", "lang": "zh", "alarm_days": "1"})
    send("/me/tokens", 200, {"label": "统计脚本", "days": "90"})
    with shown.database.reading() as session:
        department = session.execute(text("SELECT id FROM department WHERE code = 'ENE'")).scalar_one()
        office = session.execute(select(Person.id).where(Person.login == "office")).scalar_one()
    form = {"title": "核对第三季度用能数据", "department": f"id:{department}", "due_on": "2026-08-31"}
    key = _KEY.search(client.get("/tasks/batch").text)
    assert key is not None
    values = {"key": key[1], "do": "make", "draft": "1", **{f"r1.{name}": value for name, value in form.items()}}
    found["batch"] = send("/tasks/batch", 303, values).rsplit("/", 1)[1]
    rules = {"place": "task", "v.task.idle": "10", "u.task.idle": "workdays", "reason": "年度评估后收紧停滞时限"}
    found["rule_change"] = send("/rules/changes", 303, rules).rsplit("/", 1)[1]
    draft = {"who": office, "version": None, "data": {"f.title": "未写完的任务"}}
    response = client.post("/me/drafts/task.new", json=draft, headers={"X-CSRFToken": token})
    assert response.status_code == 200, response.text
    _keep_the_clock_running(shown.database)
    return {**found, **_freeze(shown)}


def _freeze(shown: Shown) -> dict[str, Any]:
    """Freeze the slip of `_TITLES`, as the job does within a quarter of an hour."""
    context = shown.app.extensions["lianban"]
    slip = _find_ids(shown.database)["slip"]
    issued = freeze_paper(context, "slip", Ask(slip))
    with shown.database.reading() as session:
        code = session.execute(text("SELECT code FROM issued_paper WHERE id = :id"), {"id": issued.paper_id})
        return {"paper": issued.paper_id, "code": code.scalar_one()}


def _keep_the_clock_running(database: Database) -> None:
    """Let the scheduler have been at work until a moment ago: sweep, figures, heartbeat."""
    at = NOW - timedelta(minutes=3)
    run_sweep(Tools(database, make_book(), FixedClock(at)), at, source="schedule")
    make_summaries(database, make_book(), at)
    with database.writing() as session:
        for job in JOBS:
            start_run(session, job.name, at, at)
            finish_run(session, job.name, at, outcome="done", message="")
        beat(session, NOW - timedelta(days=1), NOW - timedelta(seconds=20))


def with_language(path: str, lang: str) -> str:
    """Return `path` in a language."""
    return f"{path}{'&' if '?' in path else '?'}lang={lang}"
