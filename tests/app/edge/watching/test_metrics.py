"""`/metrics`: who reads it, what it tells, what it costs; real web servers whose processes are killed."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event

from app.core.clock import FixedClock
from app.edge.context import current_context
from app.edge.watching.metrics import CACHE_SECONDS
from app.edge.watching.request import name_route
from app.edge.watching.serving import serve_figures
from app.factory import create_app
from app.services.escalation.job_run import beat, finish_run, start_run
from tests.app.jobs.test_runner import wait_for
from tests.city import NOW, City
from tests.client import Caller, make_settings
from tests.databases import copy_sqlite
from workflows.catalogue import WORKFLOWS

ROOT = Path(__file__).resolve().parents[4]
TOKEN = "made-up-token-of-metrics"


def read(text: str) -> dict[tuple[str, ...], float]:
    """Return the figures by name and values of labels, read by Prometheus' own parser."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_of_requests_steps_and_refusals(caller: Caller, city: City) -> None:
    """A step counts once it is committed, a refusal by its code, a request by its pattern; the signs are there."""
    before = read(caller.client.get("/metrics").text)
    task = city.task()
    assert caller.act_on("office1", task, "assign", {}).status_code == 200
    assert caller.act_on("office1", task, "assign", {}).status_code == 409
    assert caller.get("office1", f"/items/{task}").status_code == 200
    with city.database.writing() as session:
        beat(session, NOW, NOW)
        start_run(session, "sweep", NOW, NOW)
        finish_run(session, "sweep", NOW, outcome="failed", message="zhang-private")
    caller.clock.set(caller.clock.now() + timedelta(seconds=CACHE_SECONDS))
    answer = caller.client.get("/metrics")
    told = read(answer.text)

    def grown(*key: str) -> float:
        return told[key] - before.get(key, 0)

    assert grown("lianban_transitions_total", "assign", "task") == 1
    assert sum(grown(*key) for key in told if key[0] == "lianban_refusals_total") == 1
    assert grown("lianban_requests_total", "GET", "/api/v1/items/{item_id}", "2xx") == 1
    assert grown("lianban_requests_total", "POST", "/api/v1/items/{item_id}/actions/{action}", "4xx") == 1
    assert told["lianban_outbox", "pending"] > 0
    assert told["lianban_job_last", "sweep", "failed"] == 1
    assert (told["lianban_scheduler_up",], told["lianban_database_up",]) == (1, 1)
    assert "zhang-private" not in answer.text
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_labels_are_words_of_the_product(caller: Caller, city: City) -> None:
    """Never an id, a path or a person: every value of a label is a pattern, a kind, a step, a code, a status."""
    task = city.task()
    for path in (f"/items/{task}", "/items?q=zhang-private", "/nowhere/zhang-private", f"/users/{task}"):
        caller.get("office1", path)
    caller.client.get(f"/items/{task}/zhang-private")
    caller.act_on("office1", task, "zhang-private")
    rules = {name_route(rule.rule) for rule in caller.app.url_map.iter_rules()} | {"unmatched"}
    told = caller.client.get("/metrics").text
    assert "zhang-private" not in told
    for family in text_string_to_metric_families(told):
        for sample in family.samples:
            for name, value in sample.labels.items():
                if name == "route":
                    assert value in rules
                elif name == "kind":
                    assert value in WORKFLOWS
                else:
                    assert re.fullmatch(r"[A-Za-z_.+0-9 -]{1,60}", value), (name, value)


def test_a_scrape_reads_the_database_seldom_and_a_constant_number_of_times(caller: Caller, city: City) -> None:
    """Eleven statements, however much waits; within some seconds none at all."""
    sent: list[str] = []
    engine = caller.context.database.engine
    caller.client.get("/readyz")

    def count() -> int:
        sent.clear()
        assert caller.client.get("/metrics").status_code == 200
        return len([one for one in sent if not one.startswith("BEGIN")])

    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_: sent.append(statement))
    first = count()
    assert count() == 0
    for _ in range(5):
        assert caller.act_on("office1", city.task(), "assign", {}).status_code == 200
    caller.clock.set(caller.clock.now() + timedelta(seconds=CACHE_SECONDS))
    assert count() == first == 11


@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        ({}, "127.0.0.1", 200),
        ({}, "::1", 200),
        ({}, "10.0.0.9", 403),
        ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", 403),
        ({"Forwarded": "for=127.0.0.1"}, "127.0.0.1", 403),
        ({"X-Real-IP": "127.0.0.1"}, "127.0.0.1", 403),
        ({"Via": "1.1 front"}, "127.0.0.1", 403),
        ({"Host": "lianban.example.gov"}, "127.0.0.1", 403),
        ({"Host": "127.0.0.1:8000"}, "127.0.0.1", 200),
        ({"Host": "127.0.0.1.example.gov"}, "127.0.0.1", 403),
        ({"Authorization": f"Bearer {TOKEN}"}, "10.0.0.9", 403),
    ],
)
def test_without_a_token_only_this_machine_reads(
    caller: Caller, headers: dict[str, str], address: str, status: int
) -> None:
    """What a proxy forwards did not come from this machine, whatever address it claims."""
    answer = caller.client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == status
    assert ("lianban_requests_total" in answer.text) == (status == 200)


@pytest.mark.parametrize("proxies", [0, 1])
def test_with_a_token_its_bearer_reads_from_anywhere(
    database_url: str, city: City, tmp_path: Path, proxies: int
) -> None:
    """And nobody else, this machine itself not taken out; the answer says what is expected."""
    assert city
    settings = replace(make_settings(database_url, tmp_path), metrics_token=TOKEN, proxies=proxies)
    app = create_app(settings, FixedClock(NOW))
    client: Any = app.test_client()

    def ask(**headers: str) -> Any:  # noqa: ANN401  # an answer
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get("/metrics", headers=given, environ_base={"REMOTE_ADDR": "10.0.0.9"})

    assert ask(Authorization=f"Bearer {TOKEN}").status_code == 200
    assert ask(Authorization=f"Bearer {TOKEN}", X_Forwarded_For="10.1.1.1").status_code == 200
    for bad in ("", f"Bearer {TOKEN}x", TOKEN, f"Basic {TOKEN}", "Bearer "):
        refused = ask(Authorization=bad)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert client.get("/metrics").status_code == 401
    with app.app_context():
        current_context().database.engine.dispose()


def test_without_a_database_the_counters_are_told(tmp_path: Path) -> None:
    """What matters most when it is away: that it is away."""
    app = create_app(make_settings("postgresql+psycopg://nobody@127.0.0.1:1/nothing", tmp_path), FixedClock(NOW))
    client: Any = app.test_client()
    answer = client.get("/metrics")
    told = read(answer.text)
    assert (answer.status_code, told["lianban_database_up",]) == (200, 0)
    assert ("lianban_outbox_oldest_seconds",) not in told


def test_a_scheduler_serves_its_own(caller: Caller) -> None:
    """`--metrics-port`: the same figures by the same rule, nothing else on that port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = serve_figures(port, "", lambda: b"lianban_made_up 1\n")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            assert answer.read() == b"lianban_made_up 1\n"
        for path, headers in (("/", {}), ("/metrics", {"X-Forwarded-For": "10.0.0.9"})):
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", path, headers=headers)
            assert connection.getresponse().status in (401, 404)
            connection.close()
        assert caller.client.get("/healthz").status_code == 200
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def web_server(url: str, var: Path) -> Iterator[tuple[int, int]]:
    """Run gunicorn with two worker processes, forked from one that has loaded the product; gives port and first id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "LIANBAN_DATABASE_URL": url, "LIANBAN_VAR": str(var), "LIANBAN_SECRET_KEY": "made-up-" * 5,
        "PYTHONPATH": str(ROOT), "LIANBAN_LOG": "json",
    }  # fmt: skip
    arguments = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--workers", "2", "--threads", "2",
                 "--preload", "--bind", f"127.0.0.1:{port}", "wsgi:application"]  # fmt: skip
    with (var / "log").open("wb") as file, subprocess.Popen(arguments, cwd=ROOT, env=env, stderr=file) as process:
        try:
            wait_for(lambda: is_up(port), 120)
            yield port, process.pid
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def ask(port: int, path: str) -> str:
    """Ask the server, on a connection of its own."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return str(answer.read().decode())


def is_up(port: int) -> bool:
    """Whether the server answers."""
    try:
        ask(port, "/healthz")
    except OSError:
        return False
    return True


def test_all_processes_of_a_web_server_are_counted_also_killed_ones(tmp_path: Path, database_folder: Path) -> None:
    """Two processes, one of them killed at once (SIGKILL): not one request is lost or counted twice."""
    url = copy_sqlite(database_folder)
    key = ("lianban_requests_total", "GET", "/healthz", "2xx")

    def workers(parent: int) -> list[int]:
        found = [int(file.stem.rpartition("_")[2]) for file in tmp_path.rglob("counter_[1-9]*.db")]
        return [pid for pid in found if pid != parent]

    with web_server(url, tmp_path) as (port, parent):
        wait_for(lambda: ask(port, "/healthz") != "" and len(workers(parent)) == 2, 60)
        base = read(ask(port, "/metrics"))[key]
        for _ in range(20):
            ask(port, "/healthz")
        assert read(ask(port, "/metrics"))[key] == base + 20
        victim = workers(parent)[0]
        os.kill(victim, signal.SIGKILL)
        wait_for(lambda: not Path(f"/proc/{victim}").exists() and is_up(port), 60)
        now = read(ask(port, "/metrics"))[key]
        assert now >= base + 21
        for _ in range(10):
            ask(port, "/healthz")
        assert read(ask(port, "/metrics"))[key] == now + 10
    written = (tmp_path / "log").read_text()
    assert '"event": "request"' in written
    assert "made-up-made-up" not in written
