"""Kinds of papers that draw without a page: quick, and what was drawn can be read back."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pytest

from app.edge.context import Context, Unit
from app.edge.paperwork import periods
from app.edge.paperwork.catalogue import PAPERS
from app.edge.paperwork.kind import Ask, Draw, Filled, PaperKind
from app.policy.people import Actor
from app.services.long_work.kind import require_post
from reports.proof import Proof
from reports.wording import Lang, Text


@dataclass
class Drawn:
    """What was drawn: each call's data, language and mark, beside them its `state`; `before` runs before each."""

    calls: list[tuple[Any, Lang, Proof | None]] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def draw(self, data: Any, lang: Lang, proof: Proof | None, *, state: str = "") -> bytes:  # noqa: ANN401  # any
        """Return the words of a paper in place of its page."""
        self.before()
        self.calls.append((data, lang, proof))
        self.states.append(state)
        marked = None if proof is None else [proof.number, proof.version, proof.code, proof.address]
        return json.dumps([repr(data), lang, marked], ensure_ascii=False).encode()


def draw_plainly(patched: pytest.MonkeyPatch, *names: str) -> Drawn:
    """Let these kinds draw without a page."""
    drawn = Drawn()
    for name in names:
        kind = PAPERS[name]
        plain: dict[Any, Draw] = dict.fromkeys(kind.draw, drawn.draw)
        patched.setitem(PAPERS, name, replace(kind, draw=plain))
    return drawn


def add_city_paper(patched: pytest.MonkeyPatch) -> Drawn:
    """Add the kind `made_up`: a paper of the city and a month, numbered 样〔2026〕1号, that reads who fills it.

    The city's data begin with 2026, so that its months up to now can be issued.
    """
    patched.setattr(periods, "find_first_day_of_data", lambda _connection: date(2026, 1, 1))
    drawn = Drawn()

    def fill(context: Context, _unit: Unit, actor: Actor, ask: Ask, _lang: Lang) -> Filled:
        made_at: datetime = context.now()
        return Filled((actor.readers, ask.period, made_at), made_at, None, f"made-up-{ask.period}")

    kind = PaperKind(
        "made_up", Text("样张", "Made-up paper"), "city", "month", 1, require_post, fill, {"pdf": drawn.draw},
        numbering=Text("样", "Made-up"),
    )  # fmt: skip
    patched.setitem(PAPERS, "made_up", kind)
    return drawn
