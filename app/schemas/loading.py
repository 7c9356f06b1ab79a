"""Loads outside input through a schema: every fault at once, each with its field and what was expected.

A field says in its metadata what it expects, in both languages: `expects(zh, en)`.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields

from app.core.errors import Fault, InvalidError, Sentence

_NEEDED = Sentence("请填写。", "This is needed.")
#: Faults that are told one by one: a request of a megabyte can hold a hundred thousand names that nobody knows.
FAULTS_MAX = 100
_MORE = Sentence(
    f"仅列出前{FAULTS_MAX}处，其余请更正后再看。", f"Only the first {FAULTS_MAX} are listed; correct them, then see."
)


def expects(zh: str, en: str) -> dict[str, str]:
    """Return the metadata by which a field says what it expects."""
    return {"zh": zh, "en": en}


class Truth(fields.Boolean):
    """true or false in a JSON body, and nothing that merely counts as either: 1, "yes", "on"."""

    def _deserialize(self, value: Any, *more: Any, **named: Any) -> bool:  # noqa: ANN401  # outside input
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return bool(super()._deserialize(value, *more, **named))


class InputSchema(Schema):
    """A schema for what comes from outside: a name that it does not know is a fault."""

    class Meta:
        """Settings of marshmallow."""

        unknown = RAISE


class Rows(fields.List[Any]):
    """A list of objects of which each tells its own faults: goals[2].kind."""


class OutputSchema(Schema):
    """A schema for what goes out; also the source of its description in the OpenAPI document."""

    class Meta:
        """Settings of marshmallow."""

        unknown = EXCLUDE


@cache
def _make(schema: type[Schema]) -> Schema:
    """Return the one instance that loads for everybody: marshmallow copies every field to make another."""
    return schema()


def load(schema: type[Schema], given: Any) -> dict[str, Any]:  # noqa: ANN401  # outside input
    """Return the typed values of `given`; InvalidError lists every fault, of more than FAULTS_MAX the first ones."""
    if not isinstance(given, Mapping):
        raise InvalidError([Fault("", Sentence("应为JSON对象。", "expected a JSON object."))])
    try:
        loaded: dict[str, Any] = _make(schema).load(given)
    except ValidationError as error:
        found = list(islice(_faults(_make(schema), error, given), FAULTS_MAX + 1))
        raise InvalidError([*found[:FAULTS_MAX], Fault("", _MORE)] if len(found) > FAULTS_MAX else found) from None
    return loaded


def _faults(schema: Schema, error: ValidationError, given: Mapping[str, Any]) -> Iterator[Fault]:
    messages: Mapping[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]  # marshmallow
    yield from _tell(schema, messages, given, "")


def _tell(schema: Schema, messages: Mapping[str, Any], given: Mapping[str, Any], place: str) -> Iterator[Fault]:
    """Yield a fault for each name that a message is about; `place` stands before the names of a row."""
    by_key = {field.data_key or name: field for name, field in schema.fields.items()}
    for key, inner in messages.items():
        name = str(key)
        field = by_key.get(name)
        if field is None:
            known = ", ".join(sorted(by_key))
            yield Fault(place + name, Sentence(f"不认识此项，可填：{known}。", f"Not known here; known are: {known}."))
        elif name not in given:
            yield Fault(place + name, _NEEDED)
        elif isinstance(field, Rows) and isinstance(inner, Mapping):
            yield from _tell_rows(field, inner, given[name], place + name)
        else:
            yield Fault(place + name, _expected(field))


def _tell_rows(field: Rows, messages: Mapping[Any, Any], rows: Any, place: str) -> Iterator[Fault]:  # noqa: ANN401  # outside input
    """Yield the faults of each row, counted from one."""
    inner = field.inner
    for index, found in messages.items():
        row, here = rows[index], f"{place}[{index + 1}]"
        if isinstance(inner, fields.Nested) and isinstance(row, Mapping) and isinstance(found, Mapping):
            yield from _tell(inner.schema, found, row, f"{here}.")
        else:
            yield Fault(here, Sentence("应为JSON对象。", "expected a JSON object."))


def _expected(field: fields.Field[Any]) -> Sentence:
    return Sentence(f"应为{field.metadata['zh']}。", f"expected {field.metadata['en']}.")
