"""Puts hostile text into every text of a paper's input, and looks at what came out."""

import io
import socket
import threading
import types
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from itertools import cycle
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pikepdf

#: What must be read on the paper as it was typed.
MARK = "<b>粗</b>"
RARE = "王𬭚李㛃"
ENDLESS = "长" * 2500 + "x" * 2500
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1")
AT = datetime(2026, 10, 26, 8, 30, tzinfo=timezone(timedelta(hours=8)))


def write_hostile(port: int) -> str:
    """Return the text with references to a listening port."""
    address = f"http://127.0.0.1:{port}/"
    return (
        f"{MARK}{RARE}吉𠮷👨\u200d👩\u200d👧\x00\x07\x1b[31m\u202eabc\u202c مرحبا "
        f'<script>alert(1)</script><img src="{address}i.png"><img src="file:///etc/passwd">'
        f'<link rel="stylesheet" href="{address}s.css"><style>@import url({address}c.css);*{{display:none}}</style>'
        f'<a href="{address}">a</a><svg onload="alert(1)"><script>1</script><image href="{address}v.png"/></svg>'
        '<object data="file:///etc/passwd"></object>]]> {{7*7}} &amp; "\u2028" {{page}} <i data-page="x"></i>'
    )


def poison(value: Any, text: Callable[[], str], kind: Any = str) -> Any:  # noqa: ANN401 - whatever a dataclass holds
    """Return the value with every free text replaced; texts that name one of a few things stay, rows are one each."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return value if _is_literal(kind) else text()
    if isinstance(value, tuple):
        kept = value[:1] if get_args(kind)[1:] == (Ellipsis,) else value
        inner = get_args(kind) or (str,)
        return tuple(
            poison(part, text, inner[0] if inner[1:] == (Ellipsis,) else inner[min(at, len(inner) - 1)])
            for at, part in enumerate(kept)
        )
    if is_dataclass(value) and not isinstance(value, type):
        hints = get_type_hints(type(value))
        return type(value)(
            **{f.name: poison(getattr(value, f.name), text, hints[f.name]) for f in fields(value) if f.init}
        )
    return value


def _is_literal(kind: Any) -> bool:  # noqa: ANN401 - a type
    if get_origin(kind) is Literal:
        return True
    return any(_is_literal(part) for part in get_args(kind) if get_origin(kind) in (Union, types.UnionType))


def fill(kind: Any, name: str = "") -> Any:  # noqa: ANN401, PLR0911 - a value of any type
    """Return a made-up value of the type: one of each thing, all texts "x"."""
    origin, inner = get_origin(kind), get_args(kind)
    if isinstance(kind, typing.TypeAliasType if hasattr(typing, "TypeAliasType") else ()):
        return fill(kind.__value__, name)
    if origin is Literal:
        return inner[0]
    if origin in (Union, types.UnionType):
        return fill(next(part for part in inner if part is not types.NoneType), name)
    if origin is tuple:
        return tuple(fill(part, name) for part in inner if part is not Ellipsis)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind))
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        made: Any = kind
        return made(**{f.name: fill(hints[f.name], f.name) for f in fields(kind) if f.init})
    plain: dict[Any, Any] = {
        str: "CNY" if name == "currency" else "x", int: _count(name), bool: True, float: 50.0, Decimal: Decimal("1.5"),
        datetime: AT, date: AT.date(), bytes: b"", dict: {},
    }  # fmt: skip
    return plain[kind]


def _count(name: str) -> int:
    return {"year": 2026, "month": 10, "level": 1}.get(name, 1)


def cycle_long() -> Callable[[], str]:
    """Return a source of texts without a break: 5,000 characters in every fourth field, 300 in the others."""
    texts = cycle((ENDLESS, *[ENDLESS[2400:2700]] * 3))
    return lambda: next(texts)


def cycle_formulas() -> Callable[[], str]:
    """Return a source of texts that begin as formulas do, each in turn."""
    texts = cycle(FORMULAS)
    return lambda: next(texts)


@contextmanager
def listen() -> Iterator[tuple[int, list[object]]]:
    """Listen on a port; yields it and the callers that came."""
    callers: list[object] = []
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def take() -> None:
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                callers.append(address)
                connection.close()

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield server.getsockname()[1], callers
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def list_addresses(pdf: bytes) -> list[str]:
    """Return every address that a PDF leads to, and every script or file in it."""
    found = []
    with pikepdf.open(io.BytesIO(pdf)) as document:
        found += [f"attachment {name}" for name in document.attachments]
        found += [key for key in ("/OpenAction", "/AA", "/AcroForm") if key in document.Root]
        for item in document.objects:
            if isinstance(item, pikepdf.Dictionary):
                found += [str(item[key]) for key in ("/URI", "/JS", "/F") if key in item and key != "/F"]
                if str(item.get("/S")) in {"/JavaScript", "/Launch", "/GoToR", "/SubmitForm"}:
                    found.append(str(item["/S"]))
    return found
