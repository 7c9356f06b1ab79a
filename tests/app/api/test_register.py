"""What stands open, what describes the API, what tells its health."""

import re
from pathlib import Path
from typing import Any

from app.api.register import BLUEPRINTS, PUBLIC
from app.core.clock import FixedClock
from app.core.database import Database, make_engine
from app.core.migration import upgrade
from app.edge.context import current_context
from app.services.escalation.job_run import beat
from tests.city import NOW, City
from tests.client import Caller, make_app


def test_only_the_named_endpoints_answer_without_a_token(caller: Caller) -> None:
    """Every route of the API asks for a token but those that the table of public ones names."""
    ours = {blueprint.name for blueprint in BLUEPRINTS}
    rules = [rule for rule in caller.app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in ours]
    assert len(rules) > 5
    for rule in rules:
        path = rule.build(dict.fromkeys(rule.arguments, 1))
        assert path is not None
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            status = caller.client.open(path[1], method=method).status_code
            assert (status == 401) == (rule.endpoint not in PUBLIC), (rule.endpoint, status)


def test_the_document_describes_every_route(caller: Caller) -> None:
    """OpenAPI names each path and method, and every reference leads somewhere."""
    document = caller.get(None, "/openapi.json").json
    ours = {blueprint.name for blueprint in BLUEPRINTS}
    routes = {
        (re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1")), method.lower())
        for rule in caller.app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in ours
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }  # fmt: skip
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert described == routes
    text = caller.get(None, "/openapi.json").text
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= document["components"]["schemas"].keys()
    assert {"Problem", "ItemPage", "OfferedField"} <= names


def test_a_real_answer_has_what_the_document_promises(caller: Caller) -> None:
    """The required properties of the description are those of an answer."""
    task = caller.city.task()
    schemas = caller.get(None, "/openapi.json").json["components"]["schemas"]
    shown = caller.get("office1", f"/items/{task}").json
    assert shown.keys() == set(schemas["ItemDetail"]["properties"])
    row = caller.get("office1", "/items").json["items"][0]
    assert row.keys() == set(schemas["Item"]["required"])


def test_health_tells_the_age_of_the_last_sweep(caller: Caller) -> None:
    """/healthz answers always; /readyz says that the database is there and upgraded."""
    assert caller.client.get("/healthz").json == {"status": "ok"}
    ready = caller.client.get("/readyz")
    assert (ready.status_code, ready.json["upgraded"], ready.json["last_sweep_seconds"]) == (200, True, None)


def test_p109_a_silent_scheduler_turns_the_health_page_red(caller: Caller, city: City) -> None:
    """P109: a heartbeat that is too old is 503 with its reason; a fresh one is 200 again."""
    assert caller.client.get("/readyz").json["scheduler"] == "not_started"
    with city.database.writing() as session:
        beat(session, NOW, NOW, outcome="alive")
    assert caller.client.get("/readyz").json["scheduler"] == "alive"
    caller.pass_days(1)
    silent = caller.client.get("/readyz")
    assert (silent.status_code, silent.json["status"]) == (503, "scheduler_silent")


def test_a_database_that_is_not_upgraded_is_told_plainly(tmp_path: Path) -> None:
    """The process starts, answers 503 with the remedy, and notices the upgrade by itself."""
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    app = make_app(url, tmp_path, FixedClock(NOW))
    client: Any = app.test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    answer = client.get("/api/v1/items")
    assert (answer.status_code, answer.json["code"]) == (503, "not_upgraded")
    assert "flask db upgrade" in answer.json["detail"]
    assert app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0
    assert client.get("/readyz").status_code == 200
    assert client.get("/api/v1/items").status_code == 401
    with app.app_context():
        current_context().database.engine.dispose()


def test_a_database_that_cannot_be_reached_is_told_plainly(tmp_path: Path) -> None:
    """The process starts and answers 503, without a word of the database's own."""
    url = "postgresql+psycopg://nobody@127.0.0.1:1/nothing"
    client: Any = make_app(url, tmp_path, FixedClock(NOW)).test_client()
    assert client.get("/readyz").status_code == 503
    answer = client.get("/api/v1/items")
    assert answer.status_code == 503
    assert "psycopg" not in answer.text
    assert "127.0.0.1" not in answer.text


def test_an_older_database_counts_as_not_upgraded(tmp_path: Path) -> None:
    """A revision behind this release is told like an empty database."""
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    database = Database(make_engine(url))
    upgrade(database, "0001")
    database.engine.dispose()
    app = make_app(url, tmp_path, FixedClock(NOW))
    old: Any = app.test_client()
    assert old.get("/readyz").json["status"] == "not_upgraded"
    with app.app_context():
        current_context().database.engine.dispose()
