"""The set-based statements of a sweep, the same on both databases but for the words that differ.

A chunk works on two temporary tables: `swept_episode` holds the due episodes that it has locked, `swept_rung` the
rungs that they have reached. Everything else is joined to these.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Date, String, TextClause, bindparam, text

from app.core.database import UtcDateTime
from app.services.recording import name_letter
from workflows.roles import LEADERSHIP, ROLES, Role

_TYPES: dict[str, Any] = {
    "at": UtcDateTime(),
    "now": UtcDateTime(),
    "not_before": UtcDateTime(),
    "mute_before": UtcDateTime(),
    "low": BigInteger(),
    "high": BigInteger(),
    "size": BigInteger(),
    "outage": String(),
    "today": Date(),
}

DUE = "ended_at IS NULL AND next_at IS NOT NULL AND next_at <= :at"
_IN_RANGE = "item_id > :low AND item_id <= :high"


def typed(sql: str) -> TextClause:
    """Make a statement of `sql` whose parameters are bound by the types of their names."""
    clause = text(sql)
    return clause.bindparams(*(bindparam(n, type_=t) for n, t in _TYPES.items() if re.search(rf":{n}\b", sql)))


#: Whether anything is due: found by the partial indexes alone, whatever the statistics say.
FIRST_EPISODE = typed(f"SELECT next_at FROM episode WHERE {DUE} ORDER BY next_at LIMIT 1")  # noqa: S608  # own text
FIRST_LIGHT = typed(
    "SELECT light_due_on FROM item_clock WHERE light_due_on IS NOT NULL AND light_due_on <= :today "
    "ORDER BY light_due_on LIMIT 1"
)
#: The last item of every `size` due ones: a chunk is what lies between two cuts, so no item is split.
EPISODE_CUTS = typed(
    "SELECT item_id FROM (SELECT item_id, ROW_NUMBER() OVER (ORDER BY item_id) AS place, "  # noqa: S608  # own text
    f"COUNT(*) OVER () AS total FROM episode WHERE {DUE}) AS due "
    "WHERE place % :size = 0 OR place = total ORDER BY item_id"
)
LIGHT_CUTS = typed(
    "SELECT item_id FROM (SELECT item_id, ROW_NUMBER() OVER (ORDER BY item_id) AS place, "
    "COUNT(*) OVER () AS total FROM item_clock WHERE light_due_on IS NOT NULL AND light_due_on <= :today) AS due "
    "WHERE place % :size = 0 OR place = total ORDER BY item_id"
)
DUE_COMBINATIONS = typed(f"SELECT DISTINCT ladder_id, base_on FROM episode WHERE {DUE}")  # noqa: S608  # own text
DUE_ITEMS = typed(
    f"SELECT DISTINCT item_id FROM episode WHERE {DUE} AND {_IN_RANGE} ORDER BY item_id"  # noqa: S608  # own text
)
LEFT_LOCKED = typed(
    f"SELECT DISTINCT item_id FROM episode WHERE {DUE} AND {_IN_RANGE} "  # noqa: S608  # own text
    "AND NOT EXISTS (SELECT 1 FROM swept_episode s WHERE s.id = episode.id) ORDER BY item_id"
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words in which the two databases differ."""

    types: Mapping[str, str]
    at_commit: str
    for_update: str
    json_object: str
    instant: str


_TABLES = (
    "swept_episode (id {id}, item_id {id})",
    "swept_rung (episode_id {id}, item_id {id}, cause TEXT, level INTEGER, to_role TEXT, at {at}, is_lower {flag})",
    "swept_clock (item_id {id}, kind TEXT, due_on {day}, rule_set_id {id}, is_open {flag}, is_paused {flag})",
    (
        "swept_light (due_on {day}, rule_set_id {id}, is_open {flag}, is_paused {flag}, light TEXT, light_rule TEXT,"
        " light_facts TEXT, changes_on {day})"
    ),
)
_POSTGRESQL = Words(
    types={"id": "BIGINT", "at": "TIMESTAMPTZ", "day": "DATE", "flag": "BOOLEAN"},
    at_commit=" ON COMMIT DELETE ROWS",
    for_update=" FOR UPDATE",
    json_object="json_build_object",
    instant="{}",
)
_SQLITE = Words(
    types={"id": "INTEGER", "at": "TEXT", "day": "TEXT", "flag": "INTEGER"},
    at_commit="",
    for_update="",
    json_object="json_object",
    instant="strftime('%Y-%m-%dT%H:%M:%S+00:00', {})",
)


@dataclass(frozen=True, slots=True)
class Statements:
    """One database's statements, in the order in which a chunk runs them."""

    make: tuple[TextClause, ...]
    clear: tuple[TextClause, ...]
    lock: TextClause
    lock_free: TextClause
    find_rungs: TextClause
    raise_rungs: TextClause
    tell: TextClause
    move_on: TextClause
    show: TextClause
    lock_clocks: TextClause
    write_changes: TextClause
    write_lights: TextClause


@cache
def statements(dialect: str) -> Statements:
    """Return the statements for `dialect` ("postgresql" or "sqlite")."""
    words = _POSTGRESQL if dialect == "postgresql" else _SQLITE
    skip = f"{words.for_update} SKIP LOCKED" if words.for_update else ""
    return Statements(
        make=tuple(
            text(f"CREATE TEMP TABLE IF NOT EXISTS {table.format(**words.types)}{words.at_commit}") for table in _TABLES
        ),
        clear=tuple(text(f"DELETE FROM swept_{name}") for name in ("episode", "rung", "clock", "light")),  # noqa: S608  # own names
        lock=typed(_LOCK + words.for_update),
        lock_free=typed(_LOCK + skip),
        find_rungs=typed(_FIND_RUNGS),
        raise_rungs=typed(_RAISE_RUNGS),
        tell=typed(_tell(words)),
        move_on=typed(_MOVE_ON),
        show=typed(_SHOW),
        lock_clocks=typed(_lock_clocks(words)),
        write_changes=typed(_WRITE_CHANGES),
        write_lights=typed(_WRITE_LIGHTS.format(facts="CAST(l.light_facts AS json)" if words is _POSTGRESQL
                                                else "l.light_facts")),
    )  # fmt: skip


_LOCK = (
    f"INSERT INTO swept_episode (id, item_id) SELECT id, item_id FROM episode WHERE {DUE} AND {_IN_RANGE} "  # noqa: S608  # own text
    "ORDER BY item_id, id"
)

# Read again under the lock. A rung ahead of its base that was past when the episode opened is skipped; one that
# was raised before the episode was reopened is not raised again.
_FIND_RUNGS = """
INSERT INTO swept_rung (episode_id, item_id, cause, level, to_role, at, is_lower)
SELECT e.id, e.item_id, e.cause, r.level, r.to_role, r.at, r.level < MAX(r.level) OVER (PARTITION BY e.id)
FROM swept_episode s JOIN episode e ON e.id = s.id
JOIN rung_instant r ON r.ladder_id = e.ladder_id AND r.base_on = e.base_on AND r.level >= e.next_level
WHERE e.ended_at IS NULL AND r.at <= :at AND NOT (r.is_ahead AND r.at < e.opened_at)
  AND NOT EXISTS (SELECT 1 FROM escalation x WHERE x.episode_id = e.id AND x.level = r.level)
"""

_RAISE_RUNGS = """
INSERT INTO escalation (episode_id, item_id, cause, level, to_role, due_at, raised_at, is_superseded, needs_slip)
SELECT episode_id, item_id, cause, level, to_role, at, :at, is_lower,
       level IN (2, 3) AND NOT is_lower AND at >= :mute_before
FROM swept_rung WHERE 1 = 1
ORDER BY episode_id, level
ON CONFLICT (episode_id, level) DO NOTHING
"""

_MOVE_ON = """
UPDATE episode SET next_level = n.next_level, next_at = n.next_at
FROM swept_episode s, (
  SELECT ladder_id, base_on, MIN(CASE WHEN at > :at THEN level END) AS next_level,
         MIN(CASE WHEN at > :at THEN at END) AS next_at
  FROM rung_instant GROUP BY ladder_id, base_on
) AS n
WHERE episode.id = s.id AND n.ladder_id = episode.ladder_id AND n.base_on = episode.base_on
"""

# Written for every item with a new rung, also where the number stays: a transition that ends another episode of
# the item at the same moment then waits here and sees the new rung (see clocks.settle_rung).
_SHOW = """
UPDATE item_clock SET
  rung = CASE WHEN t.level > item_clock.rung THEN t.level ELSE item_clock.rung END,
  rung_cause = CASE WHEN t.level >= item_clock.rung THEN t.cause ELSE item_clock.rung_cause END
FROM (
  SELECT item_id, level, cause,
         ROW_NUMBER() OVER (PARTITION BY item_id ORDER BY level DESC, episode_id DESC) AS place
  FROM swept_rung WHERE NOT is_lower
) AS t
WHERE item_clock.item_id = t.item_id AND t.place = 1
"""


def recipient_case() -> str:
    """Return the SQL twin of `recording.recipients`: the reader key for `r.to_role` of item `i`, parent `p`.

    A role in nobody's department falls to the office: an item never waits for nobody.
    """
    cases = " ".join(f"WHEN '{role.name}' THEN {_key(role)}" for role in ROLES.values())
    return f"COALESCE(CASE r.to_role {cases} END, 'OFFICE')"


_CHAIR = (
    "(SELECT 'P:' || m.chair_post_id FROM meeting m WHERE m.item_id = COALESCE("
    "(SELECT a.meeting_id FROM agenda_item a WHERE a.item_id = i.id), "
    "(SELECT d.meeting_id FROM decision d WHERE d.item_id = i.id), i.id))"
)


def _key(role: Role) -> str:
    letter = name_letter(role)
    match role.relation:
        case "own":
            column = "COALESCE(i.section_id, i.owner_department_id)" if role.with_section else "i.owner_department_id"
            key = f"'{letter}:' || {column}"
        case "support":
            key = f"'{letter}:' || s.department_id"
        case "parent":
            key = f"'{letter}:' || p.owner_department_id"
        case "city":
            key = f"'{role.name.upper()}'"
        case "chair":
            key = f"COALESCE({_CHAIR}, '{LEADERSHIP.name.upper()}')"
    return f"COALESCE('U:' || i.assignee_id, {key})" if role.assignee else key


def many_roles() -> str:
    """Return the list of the roles that one rung may tell in several departments."""
    return ", ".join(f"'{role.name}'" for role in ROLES.values() if role.relation == "support")


def _tell(words: Words) -> str:
    return f"""
INSERT INTO outbox (item_id, recipient, topic, payload, status, unique_key, not_before, created_at)
SELECT x.item_id, x.recipient, 'rung',
  {words.json_object}('kind', x.kind, 'cause', x.cause, 'level', x.level, 'title', x.title, 'due_on', x.due_on,
    'reached_at', {words.instant.format("x.at")}, 'episode', x.episode_id, 'outage_since', CAST(:outage AS TEXT)),
  CASE WHEN x.at < :mute_before THEN 'muted' ELSE 'pending' END,
  'rung:' || x.episode_id || ':' || x.level || CASE WHEN x.many IS NULL THEN '' ELSE ':' || x.recipient END,
  :not_before, :now
FROM (
  SELECT r.item_id, r.episode_id, r.cause, r.level, r.at, i.kind, i.title, i.due_on, s.department_id AS many,
         {recipient_case()} AS recipient
  FROM swept_rung r JOIN items i ON i.id = r.item_id LEFT JOIN items p ON p.id = i.parent_id
  LEFT JOIN support s ON s.item_id = i.id AND r.to_role IN ({many_roles()})
  WHERE NOT r.is_lower
) AS x WHERE 1 = 1
ORDER BY x.episode_id, x.recipient
ON CONFLICT (unique_key) DO NOTHING
"""  # noqa: S608  # own text


def _lock_clocks(words: Words) -> str:
    of = f"{words.for_update} OF c" if words.for_update else ""
    return f"""
INSERT INTO swept_clock (item_id, kind, due_on, rule_set_id, is_open, is_paused)
SELECT i.id, i.kind, i.due_on, i.rule_set_id, i.closed_at IS NULL, i.paused_state IS NOT NULL
FROM item_clock c JOIN items i ON i.id = c.item_id
WHERE c.light_due_on IS NOT NULL AND c.light_due_on <= :today AND c.item_id > :low AND c.item_id <= :high
ORDER BY c.item_id{of}
"""  # noqa: S608  # own text


_MATCH = """
FROM swept_clock s JOIN swept_light l ON COALESCE(l.due_on, :today) = COALESCE(s.due_on, :today)
  AND (l.due_on IS NULL) = (s.due_on IS NULL) AND l.rule_set_id = s.rule_set_id
  AND l.is_open = s.is_open AND l.is_paused = s.is_paused
"""

_WRITE_CHANGES = f"""
INSERT INTO light_change (item_id, on_day, light, light_rule, recorded_at)
SELECT s.item_id, :today, l.light, l.light_rule, :now {_MATCH}
JOIN item_clock c ON c.item_id = s.item_id
WHERE s.kind <> 'project' AND (c.light <> l.light OR c.light_rule <> l.light_rule)
ORDER BY s.item_id
"""  # own text

_WRITE_LIGHTS = """
UPDATE item_clock SET
  light_since_on = CASE WHEN item_clock.light <> l.light OR item_clock.light_rule <> l.light_rule
    THEN :today ELSE item_clock.light_since_on END,
  light = l.light, light_rule = l.light_rule, light_facts = {facts}, light_due_on = l.changes_on
FROM swept_clock s, swept_light l
WHERE item_clock.item_id = s.item_id AND s.kind <> 'project' AND l.rule_set_id = s.rule_set_id
  AND COALESCE(l.due_on, :today) = COALESCE(s.due_on, :today) AND (l.due_on IS NULL) = (s.due_on IS NULL)
  AND l.is_open = s.is_open AND l.is_paused = s.is_paused
"""
