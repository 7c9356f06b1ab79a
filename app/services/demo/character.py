"""How a matter fares when nothing is scripted: early, in time, with more time asked for, late, or not at all."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

#: Of twenty matters so many go like this.
_LUCK = {"early": 6, "timely": 8, "late": 4, "slow": 2}


@dataclass(frozen=True, slots=True)
class Character:
    """A matter's course, in working days. `finish` counts from its due date; None: it is never finished.

    `stop` names the state in which its people leave it; `silent` are stretches of days without a report. `slips` say
    by level, `requests` in turn, what becomes of the papers about it; `shares` by department code how they fare.
    """

    receive: int = 1
    start: int = 1
    cadence: int = 8
    finish: int | None = -1
    ceiling_pct: int = 95
    sign: int = 1
    verify: int = 1
    is_returned: bool = False
    says_forecast: bool = True
    stop: str | None = None
    assign: int | None = None
    silent: tuple[tuple[int, int], ...] = ()
    slips: Mapping[str, str] | None = None
    requests: tuple[str, ...] = ()
    shares: Mapping[str, Mapping[str, Any]] | None = None
    signs: Mapping[str, int] | None = None
    progress: tuple[str, ...] = ()
    evidence: str | None = None
    late_reason: str | None = None
    is_urged: bool = True

    def is_silent(self, day: int) -> bool:
        """Whether nobody reports on this day of the story."""
        return any(first <= day <= last for first, last in self.silent)


_NAMES = frozenset(field.name for field in fields(Character))


def make_dice(key: str) -> random.Random:
    """Return the dice of one matter: the same key always throws the same, in every process."""
    return random.Random(key)  # noqa: S311  # made-up lives, no secret


def draw(dice: random.Random, traits: Mapping[str, Any], rhythm: str | None = None) -> Character:
    """Return the character of a matter: as `traits` say, for the rest as the dice fall."""
    luck = traits.get("luck") or dice.choices(list(_LUCK), weights=list(_LUCK.values()))[0]
    values: dict[str, Any] = {
        "receive": dice.choice((0, 1, 1, 1, 2)),
        "start": dice.choice((1, 1, 2, 3)),
        "cadence": _CADENCES.get(rhythm or "", dice.choice((9, 10, 11, 13))),
        "sign": dice.choice((0, 1, 1, 2)),
        "verify": dice.choice((1, 1, 2)),
        "is_returned": dice.random() < _RETURNED_SHARE,
        **_courses(dice)[luck],
    }
    given = {name: value for name, value in traits.items() if name != "luck"}
    unknown = set(given) - _NAMES
    if unknown:
        raise ValueError(f"no trait: {', '.join(sorted(unknown))}")
    for name in ("silent", "requests", "progress"):
        if name in given:
            given[name] = tuple(tuple(one) if isinstance(one, list) else one for one in given[name])
    if given.get("finish") == "never":
        given["finish"] = None
    return Character(**(values | given))


_RETURNED_SHARE = 0.12
#: Often enough for the period for which a report is owed.
_CADENCES = {"weekly": 4, "ten_day": 5, "monthly": 11}


def _courses(dice: random.Random) -> dict[str, dict[str, Any]]:
    return {
        "early": {"finish": -dice.randint(4, 9)},
        "timely": {"finish": -dice.randint(0, 3)},
        "late": {"finish": dice.randint(2, 7)},
        "slow": {"finish": dice.randint(5, 12), "receive": dice.randint(3, 5), "cadence": 16},
    }
