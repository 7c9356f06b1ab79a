"""Publishes a draft: it becomes the next version of the rules, by a second person, for what begins from its day on.

Versions follow one another: each rests on the one before and takes effect no earlier. Who publishes second is told that
the rules have changed under the draft; saving it anew puts it against the newest version.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import update

from app.core.errors import ConflictError, ForbiddenError, Sentence
from app.models.rule import RuleChange
from app.services.act import Act
from app.services.ruling.drafting import lock_change, people_of, read_reason
from app.services.ruling.values import check_changes, read_newest
from app.services.upgrade import add_rule_set
from workflows.ruling.keys import write_parts

_OWN = Sentence("您参与了这份草稿，须由另一人公布。", "You wrote in this draft: somebody else has to publish it.")


@dataclass(frozen=True, slots=True)
class Published:
    """The version that came of a draft, and the day from which it holds."""

    rule_set_id: int
    effective_on: date


def publish_change(act: Act, change_id: int, version: int | None, note: str = "") -> Published:
    """Make a draft the next version of the rules; open items stay under theirs.

    ForbiddenError for who wrote in it, across posts and substitutions; ConflictError when it has ended, or when the
    rules have changed since it was saved; StaleError for another version than the present; InvalidError when it no
    longer holds together.
    """
    # One publisher at a time: the loser sees what the winner made.
    act.take_turn("rule_set")
    row = lock_change(act.connection, change_id, version)
    if people_of(act) & set(row.authors):
        raise ForbiddenError("own_change", _OWN)
    newest = read_newest(act.connection)
    if newest.id != row.base_rule_set_id:
        said = Sentence(
            f"规则在此期间已更新为第{newest.id}版。请打开草稿核对后重新保存，再行公布。",
            f"The rules have become version {newest.id} meanwhile. Open the draft, check it and save it anew.",
        )
        raise ConflictError("rules_changed", said)
    changes = check_changes(act.connection, newest.values, row.changes, act.today)
    effective_on = max(row.effective_on or act.today, act.today, newest.effective_on)
    said_note = read_reason("note", note) if note.strip() else None
    rule_set_id = add_rule_set(act.connection, act.now, effective_on, write_parts(changes), note=row.reason)
    act.connection.execute(
        update(RuleChange)
        .where(RuleChange.id == change_id)
        .values(published_by=act.acting.person_id, published_at=act.now, rule_set_id=rule_set_id, note=said_note)
    )
    act.audit(
        "rules.publish", f"rule_change:{change_id}", before={key: newest.values[key] for key in changes},
        after={**changes, "rule_set_id": rule_set_id, "effective_on": effective_on, "note": said_note},
    )  # fmt: skip
    return Published(rule_set_id, effective_on)
