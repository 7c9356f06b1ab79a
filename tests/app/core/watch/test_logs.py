"""The log: one line an event, nothing that pretends to be another line, nothing that is secret."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from app.core.watch.hiding import HIDDEN, escape, hide, hide_values
from app.core.watch.logs import STYLES, Style, begin_logging, get_logger
from app.core.watch.trace import Trace, accept_id, make_id, tracing
from tests.app.core.watch.restoring import restored_logging


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave the process's logging as it was."""
    with restored_logging():
        yield


def begin(style: Style) -> io.StringIO:
    """Log into memory alone: the runner cannot send a lone surrogate from its processes, so it is not to hear one."""
    logging.getLogger().handlers.clear()
    stream = io.StringIO()
    begin_logging(style, stream)
    return stream


def test_an_event_is_one_json_line_with_its_trace() -> None:
    """Both kinds of loggers: level, instant in UTC, the id and the route of what the thread is at."""
    stream = begin("json")
    with tracing(Trace("request", "K7Q2-9F4M-3XTB", "/items/{item_id}")):
        get_logger("ours").info("request", status=200, refused=None)
        logging.getLogger("theirs").warning("%d rows", 3)
    first, second = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert first.keys() == {"at", "level", "event", "id", "status", "route"}
    assert (first["event"], first["status"], first["id"], first["route"]) == (
        "request", 200, "K7Q2-9F4M-3XTB", "/items/{item_id}",
    )  # fmt: skip
    assert first["at"].endswith("Z")
    assert (second["event"], second["level"], second["id"]) == ("3 rows", "warning", "K7Q2-9F4M-3XTB")


@pytest.mark.parametrize("style", STYLES)
def test_nothing_ends_a_line_but_its_end(style: Style) -> None:
    """Log injection: newlines, escapes of a terminal, separators and lone surrogates are written out."""
    nasty = "ok\r\n2026-01-01 INFO forged\x1b[2J\u2028next\u202egnp.exe\x85\ud800\x00"
    stream = begin(style)
    logging.getLogger("theirs").warning("said %s", nasty)
    get_logger("ours").warning(nasty, value=nasty, listed=[nasty], named={nasty: nasty})
    written = stream.getvalue()
    assert written.count("\n") == 2
    assert all(char.isprintable() or char == "\n" for char in written)


@given(st.text())
def test_what_is_escaped_is_plain_and_still_json(value: str) -> None:
    """Whatever a text holds: printable, and in JSON the very same text again."""
    written = escape(json.dumps(value, ensure_ascii=False))
    assert written.isprintable()
    assert json.loads(written) == value


def test_a_trace_of_an_error_forges_no_line_and_tells_no_value() -> None:
    """In text its lines are indented; in JSON it is one value. What a statement was given is in neither."""
    engine = create_engine("sqlite://", hide_parameters=True)
    private = "zhang-private"
    for style in ("text", "json"):
        stream = begin(style)
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT nothing WHERE :name = 1"), {"name": private})
        except OperationalError:
            logging.getLogger("theirs").exception("failed\nforged")
        written = stream.getvalue()
        assert "OperationalError" in written
        assert "zhang-private" not in written
        first, *rest = written.splitlines()
        assert not rest if style == "json" else all(line.startswith("    | ") for line in rest)
        assert "failed\\nforged" in first
    engine.dispose()


def test_what_a_database_says_of_a_row_is_left_out() -> None:
    """PostgreSQL's DETAIL holds the row's values."""
    stream = begin("json")
    error = ValueError("duplicate key\nDETAIL:  Key (login)=(zhang-private) already exists.")
    logging.getLogger("theirs").error("failed", exc_info=error)
    assert "duplicate key" in stream.getvalue()
    assert "zhang-private" not in stream.getvalue()


@pytest.mark.parametrize(
    "said",
    [
        "Authorization: Bearer sesame-open-wide",
        "authorization=Basic sesame-open-wide",
        "cookie: session=sesame-open-wide; other=sesame-open-wide",
        "Set-Cookie: session=sesame-open-wide",
        "postgresql+psycopg://lianban:sesame-open-wide@db/lianban",
        "password=sesame-open-wide&name=x",
        '{"password": "sesame-open-wide"}',
        "lb_sesame-open-wide-lb",
        "kept-value",
    ],
)
def test_secrets_are_hidden_by_what_they_look_like(said: str) -> None:
    """Wherever a secret turns up in a text, and the installation's own secrets whatever they look like."""
    hide_values(["kept-value", "abc"])
    assert "sesame" not in hide(said)
    assert "kept-value" not in hide(said)
    assert HIDDEN in hide(said)
    assert hide("the abc of it") == "the abc of it"
    hide_values([])


def test_secrets_are_hidden_by_their_names() -> None:
    """A value under a telling name is hidden, in what is nested as well."""
    stream = begin("json")
    get_logger("ours").warning(
        "sent", token="sesame", headers={"X-Api-Key": "sesame", "Accept": "text/html"}, csrf_token="sesame"
    )
    written = json.loads(stream.getvalue())
    assert "sesame" not in stream.getvalue()
    assert written["headers"]["Accept"] == "text/html"


def test_quiet_tells_warnings_alone() -> None:
    """A command's stderr holds what went wrong, nothing else."""
    stream = begin("quiet")
    logging.getLogger("theirs").info("all is well")
    get_logger("ours").info("all is well")
    assert stream.getvalue() == ""
    logging.getLogger("theirs").warning("not so well")
    assert "not so well" in stream.getvalue()


def test_quiet_leaves_slow_statements_out_and_the_next_style_brings_them_back() -> None:
    """A command's stderr is for what is wrong: an import has statements that take their time."""
    told = []
    for style in ("quiet", "json"):
        stream = begin(style)
        logging.getLogger("app.core.watch.statements").warning("slow statement")
        told.append(stream.getvalue().count("slow statement"))
    assert told == [0, 1]


def test_beginning_again_replaces_the_first() -> None:
    """A command that turns out to serve begins anew: nothing is written twice."""
    first, second = begin("quiet"), begin("text")
    logging.getLogger("theirs").warning("once")
    assert (first.getvalue(), second.getvalue().count("once")) == ("", 1)


def test_ids_are_made_to_be_read_out_and_given_ones_are_checked() -> None:
    """Twelve characters that are not mistaken for each other; a proxy's id only when it is well-formed."""
    made = {make_id() for _ in range(500)}
    assert len(made) == 500
    assert not {char for one in made for char in one} & set("01OIL")
    assert accept_id("3f2a9c1b7d5e4a60") == "3f2a9c1b7d5e4a60"
    for bad in (None, "", "short", "x" * 65, "has space in it", "line\nbreaks-it", "<script>1", "-leading-dash"):
        assert accept_id(bad) is None
