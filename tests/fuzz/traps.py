"""Readers that break the contract on purpose: what the fuzzing must notice."""

import re

from hypothesis import strategies as st

from app.core.errors import InvalidError
from tests.fuzz.target import Target


def _raise(_: object) -> object:
    raise KeyError("a fault of ours")


def _eat(_: object) -> object:
    return "x" * (8 * 1024**3)


def _linger(_: object) -> object:
    return re.fullmatch(r"(a|a)*b", "a" * 64)


def _keep(_: object) -> object:
    return {"name": ["fine", "half \ud800"]}


def _shrug(_: object) -> object:
    raise InvalidError([])


TRAPS = (
    Target("trap-raises", st.just(0), _raise),
    Target("trap-eats", st.just(0), _eat),
    Target("trap-lingers", st.just(0), _linger),
    Target("trap-keeps", st.just(0), _keep),
    Target("trap-shrugs", st.just(0), _shrug),
)
