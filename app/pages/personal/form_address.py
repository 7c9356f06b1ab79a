"""Where a form stands by its name, and what of it becomes a draft: forms name themselves in a hidden field."""

from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from app.pages.items.form import read_number
from app.services.personal.draft import FORM, is_kept

#: The hidden field in which a form carries its name.
FORM_FIELD = "_form"
#: The hidden field that names for whom the form was shown.
WHO_FIELD = "_who"


#: Forms that stand once: their whole name, and the endpoint.
_SINGLE = {
    "delegation.new": "delegation.show_new",
    "task.new": "batch.show_new",
    "task.batch": "batch.show",
    "document.new": "document.show_new",
}
#: Forms of one thing: the kind and what follows its id, the endpoint, and how that names the id.
_OF_THING = {
    ("document", "tasks"): ("batch.show", "document_id"),
    ("document", ""): ("document.show_edit", "document_id"),
    ("template", ""): ("template.show_form", "template_id"),
    ("department", "rename"): ("organisation.show_department", "department_id"),
    ("department", "post"): ("organisation.show_department", "department_id"),
}


def locate_form(form: str) -> str:
    """Return the address of a form, e.g. of `item.7.report`; "" for a name that is none."""
    if form in _SINGLE:
        return url_for(_SINGLE[form])
    kind, _, rest = form.partition(".")
    number, _, part = rest.partition(".")
    thing_id = read_number(number)
    if not FORM.fullmatch(form) or thing_id is None:
        return ""
    if kind == "item" and part:
        return url_for("item.show_action", item_id=thing_id, action=part)
    endpoint, name = _OF_THING.get((kind, part), ("", ""))
    values: dict[str, Any] = {name: thing_id}
    return url_for(endpoint, **values) if endpoint else ""


def collect_fields(form: MultiDict[str, str]) -> tuple[int | None, dict[str, Any]]:
    """Return the version that a sent form rests on, and its fields as a draft keeps them."""
    data: dict[str, Any] = {}
    for name, texts in form.lists():
        if is_kept(name):
            data[name] = texts[0] if len(texts) == 1 else texts
    return read_number(form.get("version")), data


def spread_fields(data: Any) -> MultiDict[str, str]:  # noqa: ANN401  # a draft's JSON
    """Return a draft's fields as a form would send them."""
    pairs = ((name, value if isinstance(value, list) else [value]) for name, value in data.items())
    return MultiDict((name, text) for name, texts in pairs for text in texts)
