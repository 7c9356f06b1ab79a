"""How the product's log looks: one line an event on stderr, as JSON or for reading, each with the id of its trace.

The standard library's loggers and structlog's go the same way. Nothing in a value can end a line or move a terminal's
cursor; secrets are hidden (`hiding`).
"""

import json
import logging
import sys
from typing import Any, Literal, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, WrappedLogger

from app.core.watch.hiding import escape, hide_event, tell_error
from app.core.watch.trace import current_trace

#: json and text: everything from INFO on; quiet: warnings and errors as text, slow statements left out.
Style = Literal["json", "text", "quiet"]
STYLES: tuple[Style, ...] = ("json", "text", "quiet")
#: These speak of themselves at INFO.
_TALKATIVE = ("apscheduler", "fontTools", "weasyprint", "werkzeug", "procrastinate", "alembic", "botocore")
_SLOW = "app.core.watch.statements"
_FIRST = ("at", "level", "event", "id")


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger whose events are values by name: `log.info("request", status=200)`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def begin_logging(style: Style, stream: TextIO | None = None) -> None:
    """Let this process log to `stream` (stderr) in `style`; called again, the newest call counts."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[ProcessorFormatter.remove_processors_meta, _tell_error, hide_event,
                        _write_json if style == "json" else _write_text],
        )
    )  # fmt: skip
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one.formatter, ProcessorFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING if style == "quiet" else logging.INFO)
    # A command answers a person, and is slow where it does much: its stderr is for what is wrong.
    logging.getLogger(_SLOW).setLevel(logging.ERROR if style == "quiet" else logging.NOTSET)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    server = logging.getLogger("gunicorn.error")
    if server.handlers:  # gunicorn set its own: its words go the same way as ours
        server.handlers.clear()
        server.propagate = True


def _add_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    trace = current_trace()
    if trace is not None:
        event.setdefault("id", trace.id)
        event.setdefault("route", trace.route)
    return event


_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    _add_trace,
]
# From the first import on, so that no event ever goes to stdout, which is for what a command answers.
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        *_SHARED,
        ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


def _tell_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    if isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if isinstance(found, tuple) and found[1] is not None:
        event["exception"] = tell_error(*found)
    return event


def _order(event: EventDict) -> dict[str, Any]:
    return {name: event[name] for name in (*_FIRST, *event) if event.get(name) not in (None, "")}


def _write_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return escape(json.dumps(_order(event), ensure_ascii=False, default=str))


def _write_text(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    values = _order(event)
    trail = str(values.pop("exception", ""))
    at, level, said = (escape(str(values.pop(name, ""))) for name in ("at", "level", "event"))
    told = " ".join(f"{name}={_write_value(value)}" for name, value in values.items())
    lines = [f"{at} {level:<7} {said}  {told}".rstrip()]
    lines += [f"    | {escape(line)}" for line in trail.splitlines()]
    return "\n".join(lines)


def _write_value(value: object) -> str:
    text = escape(str(value))
    return f'"{text}"' if " " in text or not text else text
