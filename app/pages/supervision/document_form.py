"""Reads the form of the register: what was typed stays as it was typed, so that it can be shown again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.errors import Fault, Sentence
from app.core.text import clean
from app.core.typed import read_day
from app.pages.items.form import read_number
from app.pages.show import say
from app.pages.words import gettext as _
from app.queries.document import DocumentDetail

_TEXTS = ("kind", "title", "number", "issuer", "leader_name", "text", "urgency")
_DATES = ("dated_on", "received_on")
_SEPARATORS = "，、；;\n\r\t "


@dataclass(frozen=True, slots=True)
class DocumentForm:
    """What was typed: texts by field, and what the service takes; `faults` of what could not be read."""

    texts: dict[str, str]
    given: dict[str, Any] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    version: int | None = None
    key: str = ""


def read_document_form(form: MultiDict[str, str], find_people: Callable[[list[str]], dict[str, int]]) -> DocumentForm:
    """Read a sent form; `find_people` gives ids by log-in name."""
    texts = {name: form.get(name, "") for name in (*_TEXTS, *_DATES, "leader_post_id", "readers")}
    texts["confidential"] = "1" if form.get("confidential") else ""
    given: dict[str, Any] = {name: texts[name] or None for name in _TEXTS}
    faults: list[Fault] = []
    for name in _DATES:
        given[name] = _read_date(faults, name, texts[name])
    given["leader_post_id"] = read_number(texts["leader_post_id"])
    given["confidential"] = bool(texts["confidential"])
    given["readers"] = _read_people(faults, texts["readers"], find_people)
    return DocumentForm(texts, given, tuple(faults), read_number(form.get("version")), form.get("key", ""))


def fill_form(found: DocumentDetail, key: str) -> DocumentForm:
    """Return the form as it stands before a correction."""
    row = found.row
    values = {name: getattr(row, name) for name in (*_TEXTS, *_DATES, "leader_post_id")}
    texts = {name: "" if value is None else str(value) for name, value in values.items()}
    texts["confidential"] = "1" if row.confidential else ""
    texts["readers"] = "\n".join(reader.login for reader in found.readers)
    return DocumentForm(texts, version=row.version, key=key)


def name_document_kinds() -> dict[str, str]:
    """Return the kinds of documents in words."""
    return {
        "instruction": _("领导批示"),
        "letter": _("来函来文"),
        "meeting": _("会议文件"),
        "plan": _("工作方案"),
        "hotline": _("热线工单"),
        "proposal": _("建议提案"),
        "other": _("其他来文"),
    }


def name_urgencies() -> dict[str, str]:
    """Return the urgencies in words."""
    return {"normal": _("平件"), "urgent": _("急件"), "very_urgent": _("特急件")}


def say_faults(faults: tuple[Fault, ...]) -> dict[str, str]:
    """Return the sentences by field, the first of each."""
    said: dict[str, str] = {}
    for fault in faults:
        said.setdefault(fault.field, say(fault.sentence))
    return said


def _read_date(faults: list[Fault], name: str, text: str) -> date | None:
    if not text.strip():
        return None
    found = read_day(text)
    if found is None:
        said = Sentence("应为日期，如2026-03-05。", "expected a date, e.g. 2026-03-05.")
        faults.append(Fault(name, said))
    return found


def _read_people(faults: list[Fault], text: str, find_people: Callable[[list[str]], dict[str, int]]) -> list[int]:
    for separator in _SEPARATORS:
        text = text.replace(separator, ",")
    logins = list(dict.fromkeys(clean(part) for part in text.split(",") if clean(part)))
    if not logins:
        return []
    found = find_people(logins)
    missing = [login for login in logins if login not in found]
    if missing:
        listed = "、".join(missing)
        said = Sentence(f"没有这些登录名：{listed}。", f"No such log-in names: {', '.join(missing)}.")
        faults.append(Fault("readers", said))
    return [found[login] for login in logins if login in found]
