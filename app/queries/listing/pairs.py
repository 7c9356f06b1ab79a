"""Narrows a search to the items that hold every pair of neighbouring characters of a word (migration 0010).

A condition for the index of PostgreSQL, never the answer: the word itself is compared beside it. SQLite has no such
index; there the condition says nothing.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Text, and_, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.models.item import Item


class _HoldsPairs(FunctionElement[bool]):
    """Whether a column's pairs take in all the given ones."""

    type = Boolean()
    inherit_cache = True


@compiles(_HoldsPairs)
def _say_nothing(_: _HoldsPairs, __: SQLCompiler, **___: Any) -> str:  # noqa: ANN401  # the compiler's own options
    return "1 = 1"


@compiles(_HoldsPairs, "postgresql")
def _ask_index(element: _HoldsPairs, compiler: SQLCompiler, **more: Any) -> str:  # noqa: ANN401  # the same
    column, pairs = element.clauses
    return f"lianban_pairs({compiler.process(column, **more)}) @> {compiler.process(pairs, **more)}"


def contains_word(word: str, forms: Collection[str] = (), varying: str = "") -> ColumnElement[bool]:
    """Return that the folded word, or one of `forms` that differ from it in the `varying` characters only, occurs."""
    pairs = sorted({word[at : at + 2] for at in range(len(word) - 1)})
    fixed = [pair for pair in pairs if not set(pair) & set(varying)]
    found: ColumnElement[bool] = Item.search_text.contains(word, autoescape=True)
    for form in sorted(set(forms) - {word}):
        found |= Item.search_text.contains(form, autoescape=True)
    return and_(_HoldsPairs(Item.search_text, literal(fixed, ARRAY(Text))), found) if fixed else found
