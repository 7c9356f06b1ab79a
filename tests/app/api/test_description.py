"""The API's description: each example fits its schema, each field is explained; schemathesis finds nothing.

schemathesis sends to every operation what the description admits and what it does not, as somebody of the office and as
the head of a department, and compares every answer with what is described.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from app.api.openapi import make_document
from app.core.clock import FixedClock
from app.factory import create_app
from app.schemas.meaning import MEANINGS
from tests.city import NOW, City
from tests.client import Caller, make_settings

Part = dict[str, Any]
#: What no run is held to: data that the schema admits may still be refused by a rule; sequences are tested elsewhere.
#: That a missing or wrong token opens nothing is tested for every route in test_register.py and test_tokens.py.
LEFT_OUT = (
    "positive_data_acceptance", "use_after_free", "ensure_resource_availability", "object_level_authorization",
    "ignored_auth",
)  # fmt: skip

#: A run ends after so long at the latest, on a machine that is busy with other things.
MAX_SECONDS = 100


def _bodies(document: Part) -> Iterator[tuple[str, Part]]:
    """Give every media type of every body and answer, with a name to find it by."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            parts = [operation.get("requestBody", {})]
            parts += [_follow(document, answer) for answer in operation["responses"].values()]
            for part in parts:
                for media_type, shown in part.get("content", {}).items():
                    yield f"{method} {path} {media_type}", shown


def _follow(document: Part, part: Part) -> Part:
    found: Any = part
    if "$ref" in part:
        found = document
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
    return dict(found)


def test_every_json_body_has_an_example_that_fits_its_schema() -> None:
    """Issue 4, no. 10: OpenAPI 3.1 with examples; each is what its own schema admits."""
    document = make_document()
    seen = 0
    for name, shown in _bodies(document):
        if "json" not in name.rpartition(" ")[2]:
            continue
        schema = {**shown["schema"], "components": document["components"]}
        faults = [
            f"{error.instance_path}: {error.message}"
            for error in jsonschema_rs.Draft202012Validator(schema, validate_formats=True).iter_errors(shown["example"])
        ]
        assert not faults, (name, faults)
        seen += 1
    assert seen > 100


def test_operations_are_complete() -> None:
    """Each has a known tag, a name of its own, limits with headers and 429; what needs a token says 401 and 403."""
    document = make_document()
    tags = {tag["name"] for tag in document["tags"]}
    names = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            names.append(operation["operationId"])
            answers = operation["responses"]
            assert path == "/openapi.json" or set(operation["tags"]) <= tags, (method, path)
            assert "429" in answers, (method, path)
            assert operation.get("security") == [] or {"401", "403"} <= answers.keys(), (method, path)
            done = next(answer for status, answer in answers.items() if status.startswith("2"))
            assert "RateLimit-Remaining" in done["headers"], (method, path)
    assert len(names) == len(set(names))


def test_meanings_explain_fields_that_exist() -> None:
    """What is said about a field is said about one that some schema has."""
    schemas = make_document()["components"]["schemas"]
    named = {name for schema in schemas.values() for name in schema.get("properties", {})}
    owned = {f"{schema}.{name}" for schema, shown in schemas.items() for name in shown.get("properties", {})}
    assert MEANINGS.keys() <= named | owned


@pytest.fixture
def make_open_caller(city: City, database_url: str, tmp_path: Path) -> Iterator[Callable[[], Caller]]:
    """Give callers without a limit, on a city in which something of each kind stands."""
    settings = replace(make_settings(database_url, tmp_path), rate_limit="", log_in_limit="")
    made: list[Caller] = []

    def make() -> Caller:
        clock = FixedClock(NOW)
        caller = Caller(create_app(settings, clock), city, clock)
        made.append(caller)
        task = city.task(supports=("ENE",))
        caller.act_on("office1", task, "assign")
        caller.act_on("tra_head", task, "receive")
        city.project()
        return caller

    yield make
    for caller in made:
        caller.context.database.engine.dispose()


@pytest.mark.parametrize(("login", "phases"), [("office1", ("coverage",)), ("tra_head", ("examples", "fuzzing"))])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
# schemathesis leaves the in-process answers of files open; the product's own server closes them.
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_schemathesis_finds_nothing(
    make_open_caller: Callable[[], Caller], login: str, phases: tuple[str, ...]
) -> None:
    """Issue 4, no. 10: no 5xx; status, media type, headers and content as described; wrong data are refused."""
    found, cases = _explore(make_open_caller(), login, phases)
    assert not found, "\n\n".join(found)
    assert cases > 300


def _explore(caller: Caller, login: str, phases: tuple[str, ...]) -> tuple[list[str], int]:
    """Return what schemathesis finds as `login`, each kind once for an operation, and how many cases it tried."""
    config = SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "max-time": MAX_SECONDS,
            "headers": {"Authorization": f"Bearer {caller.token(login)}"},
            "generation": {"max-examples": 10, "deterministic": True, "no-shrink": True, "database": "none"},
            "phases": {
                **{name: {"enabled": name in phases} for name in ("examples", "fuzzing", "stateful")},
                "coverage": {"enabled": "coverage" in phases, "unexpected-methods": ["PUT"]},
            },
            "checks": {name: {"enabled": False} for name in LEFT_OUT},
        }
    )
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", caller.app, config=config)
    found: dict[tuple[str, str, str], str] = {}
    cases = 0
    logging.disable(logging.CRITICAL)
    try:
        for event in from_schema(schema).execute():
            if isinstance(event, events.NonFatalError):
                found["error", event.label, type(event.value).__name__] = f"{event.label}: {event.value!r}"
            elif isinstance(event, events.FatalError):
                found["error", "", ""] = repr(event.exception)
            elif isinstance(event, events.ScenarioFinished):
                cases += len(event.recorder.cases)
                for check in (one for checks in event.recorder.checks.values() for one in checks):
                    if check.failure_info is not None:
                        failure, sample = check.failure_info.failure, check.failure_info.code_sample
                        said = f"{event.label} {check.name}: {failure.title}\n{failure.message}\n{sample}"
                        found.setdefault((str(event.label), check.name, failure.title), said)
    finally:
        logging.disable(logging.NOTSET)
    return list(found.values()), cases
