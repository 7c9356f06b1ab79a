"""Targets that read texts and structures: mappings, templates, calendars, cursors, addresses, bodies, rules."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask
from hypothesis import strategies as st
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from werkzeug.exceptions import HTTPException

from app.api.body import read_body, read_version
from app.core.errors import InvalidError
from app.core.mail import MailServer
from app.core.money import AmountError, parse_amount
from app.core.oidc import is_safe_address
from app.core.text import clean, fold, guard_formula, sort_key
from app.core.typed import read_count, read_day, read_percent, split_names
from app.core.webhook import NOTHING_ALLOWED, AllowList, TargetError, find_target
from app.edge.paperwork.frozen.checking import read_code
from app.ledger.encoding import decode, is_known_encoding
from app.ledger.mapping_file import MappingError, parse_mapping
from app.ledger.meeting.due_text import read_due_text
from app.ledger.meeting.mapping import parse_meeting_mapping
from app.ledger.plan_mapping import parse_plan_mapping
from app.ledger.sheet import UnreadableError
from app.pages.address import keep_inside
from app.pages.fund.payment import _unpack
from app.pages.supervision.batch_form import _read_packed
from app.queries.cursor import read_cursor
from app.schemas.batch import BatchRequestSchema
from app.schemas.listing import find_dropped, read_address
from app.schemas.message import NewWebhookSchema
from app.schemas.organisation import NewUserSchema
from app.services.batch.reading import FIELDS, read_row
from app.services.city.calendar_text import read_calendar_text
from app.services.template.storing import parse_body, parse_template
from tests.city import NOW
from tests.fuzz.food import DEEP, mutate, texts, values, write_json, write_toml
from tests.fuzz.target import BrokenContractError, Target
from workflows.catalogue import WORKFLOWS
from workflows.hours import Hours
from workflows.meeting.recurrence import WrongRuleError, parse_rule
from workflows.ruling.checking import WrongValueError, read_value
from workflows.ruling.keys import list_keys

ROOT = Path(__file__).resolve().parents[2]
_APP = Flask("fuzz")


def _sample(*parts: str) -> bytes:
    return (ROOT.joinpath(*parts)).read_bytes()


def _as_text(read: Callable[[str], object]) -> Callable[[Any], object]:
    """Let a reader of texts take bytes, as a file's are decoded; what is no UTF-8 is another reader's matter."""
    return lambda given: read(given if isinstance(given, str) else given.decode("utf-8", "surrogateescape"))


_RULES = tuple(list_keys(WORKFLOWS).values())
_MAPPING = _sample("docs", "mappings", "uk_gmpp_2023.toml")
_MEETING = _sample("docs", "mappings", "meetings", "nyc_council_meetings_2024_2025.toml")
_PLAN = _sample("docs", "mappings", "plans", "nyc_capital_project_detail_fy2021.toml")
_TEMPLATE = _sample("app", "templates_shipped", "education.toml")
_CALENDAR = {"year": 2026, "source": "s", "holidays": [{"name": "元旦", "from": "2026-01-01", "to": "2026-01-03"}]}
_TOML = (
    b"= [[",
    b"\n[[x]]\n",
    b'"""',
    b"= 1979-05-27T07:32:00+99:99\n",
    b"= " + b"9" * 5000 + b"\n",
    b"= nan\n",
    b"= inf\n",
    b'= "\\U0000d800"\n',
    b"a.b.c = 1\n",
    b"= true\n",
    b"encoding = 'zip'\n",
    b"delimiter = '\\u0000'\n",
)
_ENCODINGS = (
    "zip",
    "base64",
    "rot13",
    "undefined",
    "unicode_escape",
    "utf-7",
    "idna",
    "hex",
    "utf-16",
    "utf-32",
    "hz",
    "cp037",
    "gbk",
    "latin-1",
    "utf-8+cp1252",
    "x" * 5000,
    "mbcs",
    "punycode",
    "\0",
)
_documents = st.dictionaries(st.sampled_from(["year", "source", "holidays", "days", "papers", "forecast", "x"]), values)
_rows = st.dictionaries(st.sampled_from([*FIELDS, "x"]), values, max_size=6)


def _toml(sample: bytes) -> st.SearchStrategy[Any]:
    keys = st.sampled_from(
        ["key", "source", "columns", "amounts", "name", "kind", "meeting", "topic", "state", "checks"]
    )
    made = st.dictionaries(keys, values, max_size=4).map(
        lambda table: "\n".join(f"{name} = {write_toml(value)}" for name, value in table.items())
    )
    return st.one_of(mutate([sample], *_TOML), made, st.sampled_from(DEEP))


def _read_mapping(read: Callable[[str], object]) -> Callable[[Any], object]:
    return _as_text(read)


def _encode(given: tuple[str, bytes]) -> object:
    name, data = given
    return decode(data, name) if is_known_encoding(name) else ""


def _cursor(given: tuple[str, object]) -> object:
    text, value = given
    try:
        return read_cursor(text, "due")
    except InvalidError:
        packed = base64.urlsafe_b64encode(json.dumps(value, default=str).encode()).decode().rstrip("=")
        return read_cursor(packed, "due")


def _body(raw: bytes) -> object:
    with _APP.test_request_context("/", method="POST", data=raw, content_type="application/json"):
        return read_body(BatchRequestSchema)


def _user(raw: bytes) -> object:
    with _APP.test_request_context("/", method="POST", data=raw, content_type="application/json"):
        return read_body(NewUserSchema)


def _hook(raw: bytes) -> object:
    with _APP.test_request_context("/", method="POST", data=raw, content_type="application/json"):
        return read_body(NewWebhookSchema)


def _version(text: str) -> object:
    header = clean(text).encode("latin-1", "replace").decode("latin-1")  # what a server lets through
    with _APP.test_request_context("/", headers={"If-Match": header}):
        return read_version()


def _address(text: str) -> object:
    query = read_address(text)
    find_dropped(text)  # shown on the page, never kept
    return (query, query.write())


def _inside(text: str) -> object:
    found = keep_inside(text)
    parts = urlsplit(found)
    if parts.scheme or parts.netloc or not found.startswith("/") or found[1:2] in ("/", "\\"):
        raise BrokenContractError(f"leads outside: {found!r}")
    return ""


def _target(text: str) -> object:
    found = find_target(text, NOTHING_ALLOWED, lambda _host, _port: ["93.184.215.14"])
    if {"\r", "\n", " ", "\0"} & set(found.host_header + found.path):
        raise BrokenContractError(f"a header within: {found!r}")
    return found


def _plain(text: str) -> object:
    shown = clean(text, newlines=True)
    if clean(shown, newlines=True) != shown:
        raise BrokenContractError(f"cleaning again changes {shown!r}")
    if guard_formula(shown)[:1] in tuple("=+-@\t\r＝＋－＠"):
        raise BrokenContractError(f"a spreadsheet runs {shown!r}")
    return (shown, clean(text), fold(text), sort_key(clean(text)[:300], surname=True))


def _keys(value: object) -> object:
    return KeySet.import_key_set(json.loads(write_json(value)))


def _packed(read: Callable[[str], object]) -> st.SearchStrategy[str]:
    del read
    return st.one_of(values.map(write_json), st.lists(values, max_size=3).map(write_json), st.sampled_from(DEEP), texts)


def _split_typed(text: str) -> object:
    return (
        read_day(text),
        read_count(text, ("天",)),
        read_percent(text),
        split_names(text),
        read_code(text),
        read_due_text(text, NOW.date()),
    )


_addresses = st.one_of(
    texts,
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    "kind",
                    "q",
                    "light",
                    "state",
                    "department",
                    "due_from",
                    "sort",
                    "columns",
                    "cursor",
                    "parent",
                    "rung",
                    "view",
                    "overdue",
                ]
            ),
            texts,
        )
    ).map(lambda pairs: urlencode([(name, text.encode("utf-8", "surrogatepass")) for name, text in pairs])),
    st.sampled_from(
        ["a=1&" * 5000, "q=%ED%A0%80", "q=%00", "parent=" + "9" * 5000, "parent=²", "kind=" + "task," * 20_000]
    ),
)
_ROADS = (
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "https:evil.example",
    "/x?next=//evil.example",
    "/\x00/",
    "javascript:alert(1)",
    "/[",
    "http://[::1",
    "/%2f%2fevil.example",
    "/..//evil.example",
    "///evil.example",
    "/\u3000/x",
)
_HOSTS = (
    "http://127.1/",
    "http://0x7f000001/",
    "http://[::ffff:127.0.0.1]/",
    "http://localhost./",
    "http://a@127.0.0.1/",
    "http://x/\r\nX: y",
    "http://[fe80::1%25eth0]/",
    "http://2130706433/",
    "http://①②⑦.0.0.1/",
    "http://a:99999/",
    "file:///etc/passwd",
    "gopher://x/",
    "http://x:0/",
    "http://" + "a." * 300 + "b/",
    "http://017700000001/",
)
_MAPPING_REFUSALS = (MappingError,)
_bodies = st.one_of(
    values.map(lambda value: write_json(value).encode()),
    st.binary(max_size=60),
    st.sampled_from(DEEP).map(str.encode),
    st.fixed_dictionaries(
        {"tasks": st.lists(_rows, max_size=3)}, optional={"dry_run": values, "document_id": values}
    ).map(lambda value: write_json(value).encode()),
    st.dictionaries(
        st.sampled_from(["login", "name", "password", "url", "topics", "kinds", "secret", "email"]), values
    ).map(lambda value: write_json(value).encode()),
)
_HTTP = (InvalidError, HTTPException)

TEXTS = (
    Target("mapping", _toml(_MAPPING), _read_mapping(parse_mapping), _MAPPING_REFUSALS, is_kept=False),
    Target("mapping-meeting", _toml(_MEETING), _read_mapping(parse_meeting_mapping), _MAPPING_REFUSALS, is_kept=False),
    Target("mapping-plan", _toml(_PLAN), _read_mapping(parse_plan_mapping), _MAPPING_REFUSALS, is_kept=False),
    Target(
        "encoding",
        st.tuples(st.one_of(st.sampled_from(_ENCODINGS), texts), st.binary(max_size=80)),
        _encode,
        (UnreadableError,),
    ),
    Target("template", _toml(_TEMPLATE), _as_text(lambda text: parse_template(text, "x.toml"))),
    Target(
        "template-body",
        st.dictionaries(st.sampled_from(["key", "label", "phase", "role", "task", "format"]), values),
        lambda body: parse_body(body, "x"),
    ),
    Target(
        "calendar",
        st.one_of(
            _documents.map(write_json),
            mutate([write_json(_CALENDAR).encode()], b"\\ud800", b"\\u0000"),
            st.sampled_from(DEEP),
        ),
        _as_text(read_calendar_text),
    ),
    Target("cursor", st.tuples(texts, values), _cursor),
    Target("list-address", _addresses, _address),
    Target(
        "next-address",
        st.one_of(texts, st.sampled_from(_ROADS), st.tuples(st.sampled_from(_ROADS), texts).map("".join)),
        _inside,
    ),
    Target(
        "webhook-address",
        st.one_of(texts, st.sampled_from(_HOSTS), texts.map("http://{}/".format)),
        _target,
        (TargetError,),
    ),
    Target("webhook-allow", st.one_of(texts, st.lists(texts).map(",".join)), AllowList.parse, (ValueError,)),
    Target("provider-address", st.one_of(texts, st.sampled_from(_HOSTS)), is_safe_address),
    Target(
        "provider-keys",
        st.one_of(
            values,
            st.fixed_dictionaries(
                {
                    "keys": st.lists(
                        st.dictionaries(
                            st.sampled_from(["kty", "n", "e", "crv", "x", "y", "k", "d", "alg", "use", "kid"]), values
                        ),
                        max_size=3,
                    )
                }
            ),
        ),
        _keys,
        (JoseError, ValueError, KeyError, TypeError),
        is_kept=False,
    ),
    Target(
        "mail-server",
        st.one_of(texts, texts.map("smtp://{}:25".format)),
        MailServer.parse,
        (ValueError,),
        is_kept=False,
    ),
    Target("body-batch", _bodies, _body, _HTTP),
    Target("body-person", _bodies, _user, _HTTP),
    Target("body-webhook", _bodies, _hook, _HTTP),
    Target("if-match", texts, _version),
    Target("batch-row", _rows, lambda row: read_row(1, row)),
    Target("batch-carried", _packed(_read_packed), _read_packed, is_kept=False),
    Target("paid-carried", _packed(_unpack), _unpack, is_kept=False),
    Target("amount", st.one_of(texts, st.floats(), st.decimals(allow_nan=True)), parse_amount, (AmountError,)),
    Target("text", texts, _plain),
    Target("typed", texts, _split_typed),
    Target("hours", texts, Hours.parse, (ValueError,)),
    Target(
        "rhythm",
        st.one_of(
            texts, mutate([b"weekday:2:last;every:3:2026-01;rest:next"]).map(lambda data: data.decode("latin-1"))
        ),
        parse_rule,
        (WrongRuleError,),
    ),
    Target("rule", st.tuples(st.sampled_from(_RULES), texts), lambda pair: read_value(*pair), (WrongValueError,)),
)
