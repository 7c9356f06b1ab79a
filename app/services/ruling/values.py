"""The newest rule set, and what of a change against it is wrong: every fault at once, each at its rule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, InvalidError, Sentence
from app.models.rule import RuleSet
from app.policy.people import find_holders
from workflows.catalogue import WORKFLOWS
from workflows.interpreter import CompiledSignOff, compile_body
from workflows.roles import Place
from workflows.ruling.checking import WrongValueError, find_faults, make_table, read_value
from workflows.ruling.keys import RULE_KEYS, Values, read_values
from workflows.signing.round import make_slots
from workflows.words import Text

#: Where a fault of one rule stands in what was given.
CHANGES = "changes"
_NOTHING = Sentence(
    "没有任何改动：各项均与最新版相同。", "Nothing is changed: every value is that of the newest version."
)


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest rule set: what every change begins from."""

    id: int
    effective_on: date
    values: dict[str, str]


def read_newest(connection: Connection) -> Newest:
    """Return the newest rule set, in force or published for a later day."""
    row = connection.execute(
        select(RuleSet.id, RuleSet.effective_on, RuleSet.body).order_by(RuleSet.id.desc()).limit(1)
    ).one()
    return Newest(row.id, row.effective_on, read_values(row.body))


def check_changes(connection: Connection, values: Values, given: Mapping[str, str], today: date) -> dict[str, str]:
    """Return what of `given` differs from `values`, canonical; InvalidError with every fault.

    Refused are unknown rules, wrong values, and what would make a regulation that no release could bring: see
    `workflows.ruling.checking`. A quorum is counted against the posts that are held `today`.
    """
    faults: list[Fault] = []
    changes: dict[str, str] = {}
    for key, value in sorted(given.items()):
        one = RULE_KEYS.get(key)
        if one is None:
            faults.append(_fault(key, Text("没有这条规则", "there is no such rule")))
            continue
        try:
            clean = read_value(one, value)
        except WrongValueError as error:
            faults.append(_fault(key, error.said))
            continue
        if clean != values[key]:
            changes[key] = clean
    changed = {**values, **changes}
    found = list(find_faults(changed))
    faults += [_fault(key, said) for key, said in found]
    if not faults:
        faults += list(_find_beyond_posts(connection, changed, changes, today))
    if not changes and not faults:
        faults.append(Fault(CHANGES, _NOTHING))
    if faults:
        raise InvalidError(faults)
    return changes


def _fault(key: str, said: Text) -> Fault:
    return Fault(f"{CHANGES}.{key}", Sentence(f"{said.zh}。", f"{said.en}."))


def _find_beyond_posts(
    connection: Connection, values: Values, changes: Mapping[str, str], today: date
) -> Iterator[Fault]:
    """Yield the quorums by number that all present posts together could not reach."""
    for kind, table in WORKFLOWS.items():
        if not any(RULE_KEYS[key].part == "signing" and kind in RULE_KEYS[key].kinds for key in changes):
            continue
        for rule in compile_body(make_table(table, values).body()).sign_offs.values():
            most = _count_votes(connection, kind, rule, today)
            if most is not None and rule.quorum_count > most:
                said = Text(
                    f"现有岗位合计只有{most}票，达不到{rule.quorum_count}票",
                    f"the posts that are held now have {most} votes together, {rule.quorum_count} cannot be reached",
                )
                yield _fault(f"{kind}.{rule.name}.rule", said)


def _count_votes(connection: Connection, kind: str, rule: CompiledSignOff, today: date) -> int | None:
    """Return the votes of all signers; None where they differ from item to item."""
    if any(role.relation != "city" for role, _ in rule.signers):
        return None
    holders = find_holders(connection, (), today)
    return sum(slot.weight for slot in make_slots(rule, Place(None, kind=kind), holders))


def refuse_ended() -> ConflictError:
    """Return the refusal of whatever is done to a change that was published or withdrawn."""
    said = Sentence("这份草稿已公布或已撤回。", "This draft was published or withdrawn already.")
    return ConflictError("change_ended", said)
