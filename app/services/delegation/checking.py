"""What must hold of a delegation when it is offered, and once more when it is accepted.

Nobody stands in for themself, twice for the same, or in a circle; auditors and administrators stand in for nobody
and lend nothing; who holds no post has nothing to lend and no standing to stand in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.engine import Connection

from app.core.errors import ConflictError, Fault, Sentence
from app.core.money import MAX_FEN
from app.core.text import clean
from app.models.delegation import Delegation
from app.policy.people import Actor, find_actor, name_people
from workflows.catalogue import WORKFLOWS
from workflows.delegation.lending import NEVER_LENT
from workflows.delegation.period import DAYS_MAX, REASON_MAX, Period, closes_loop


@dataclass(frozen=True, slots=True)
class NewDelegation:
    """What is asked for. `posts`, `kinds`: None for all; the period is half-open."""

    principal_id: int
    substitute_id: int
    from_at: datetime
    to_at: datetime
    reason: str
    posts: tuple[int, ...] | None = None
    kinds: tuple[str, ...] | None = None
    amount_max_fen: int | None = None

    @property
    def period(self) -> Period:
        """From when until before when."""
        return Period(self.from_at, self.to_at)


def check_form(given: NewDelegation, now: datetime, zone: ZoneInfo) -> list[Fault]:
    """Return what is wrong with what was typed, whoever it names."""
    faults = check_period(given.from_at, given.to_at, now, zone)
    reason = clean(given.reason, newlines=True)
    if not reason:
        faults.append(Fault("reason", Sentence("请写明事由。", "A reason is needed.")))
    elif len(reason) > REASON_MAX:
        said = Sentence(f"最多{REASON_MAX}字，现为{len(reason)}字。",
                        f"At most {REASON_MAX} characters, got {len(reason)}.")  # fmt: skip
        faults.append(Fault("reason", said))
    if given.kinds is not None and (not given.kinds or set(given.kinds) - WORKFLOWS.keys()):
        known = ", ".join(WORKFLOWS)
        faults.append(Fault("kinds", Sentence(f"请至少选一种事项：{known}。", f"Name at least one kind: {known}.")))
    if given.amount_max_fen is not None and not 0 < given.amount_max_fen < MAX_FEN:
        faults.append(Fault("amount_max", Sentence("金额须大于零。", "An amount above zero.")))
    return faults


def check_period(from_at: datetime, to_at: datetime, now: datetime, zone: ZoneInfo) -> list[Fault]:
    """Return what is wrong with a period: it begins today or later and ends within 180 days of its beginning."""
    today = datetime.combine(now.astimezone(zone).date(), time(), tzinfo=zone)
    faults = []
    if from_at < today:
        faults.append(Fault("from_at", Sentence("不能早于今天。", "Not before today.")))
    if to_at <= max(from_at, now):
        faults.append(
            Fault("to_at", Sentence("应晚于开始时间，且尚未过去。", "After the beginning, and not past already."))
        )
    elif to_at - from_at > timedelta(days=DAYS_MAX):
        said = Sentence(f"代理最长{DAYS_MAX}天；更久的请办理移交。",
                        f"At most {DAYS_MAX} days; for longer, hand the work over.")  # fmt: skip
        faults.append(Fault("to_at", said))
    return faults


def check_principal(connection: Connection, given: NewDelegation, now: datetime, today: date) -> list[Fault]:
    """Return what is wrong with whom it is made for and with the posts that they lend."""
    actor = find_actor(connection, given.principal_id, today, now)
    if actor is None or actor.is_system:
        return [Fault("principal_id", Sentence("须为在职人员。", "An active person is needed."))]
    posts = {held.post_id for held in actor.capacities if held.duty not in NEVER_LENT}
    if not posts:
        said = Sentence("此人没有可以委托他人代理的职务。", "This person holds no post that can be lent.")
        return [Fault("principal_id", said)]
    if given.posts is not None and (not given.posts or set(given.posts) - posts):
        said = Sentence(
            "请至少选一个职务；只能委托现任的职务，审计和系统管理职务不能委托。",
            "Name at least one post held now; an auditor's or administrator's cannot be lent.",
        )
        return [Fault("posts", said)]
    return []


def check_substitute(connection: Connection, given: NewDelegation, maker_id: int, today: date) -> list[Fault]:
    """Return what is wrong with the substitute."""
    actor = find_actor(connection, given.substitute_id, today)
    said = refuse_substitute(actor)
    if given.substitute_id == given.principal_id:
        said = Sentence("不能由本人代理本人。", "Nobody is their own substitute.")
    elif said is None and given.substitute_id == maker_id:
        said = Sentence("代为登记的人不能自己担任代理人。", "Who makes it for somebody else cannot be the substitute.")
    return [] if said is None else [Fault("substitute_id", said)]


def refuse_substitute(actor: Actor | None) -> Sentence | None:
    """Return why a person cannot stand in for anybody; None: they can."""
    if actor is None or actor.is_system:
        return Sentence("代理人须为在职人员。", "The substitute must be an active person.")
    if not actor.capacities:
        return Sentence("代理人目前没有职务。", "The substitute holds no post.")
    if actor.has(*NEVER_LENT):
        return Sentence(
            "审计人员和系统管理员不能担任代理人。", "An auditor or administrator cannot stand in for anybody."
        )
    return None


@dataclass(frozen=True, slots=True)
class Other:
    """A delegation that is offered or accepted and has not ended."""

    id: int
    principal_id: int
    substitute_id: int
    period: Period
    posts: list[int] | None
    kinds: list[str] | None

    def is_same(self, given: NewDelegation) -> bool:
        """Whether it lends exactly what is asked for, to the same person."""
        scope = (_sort(given.posts), _sort(given.kinds))
        people = (given.principal_id, given.substitute_id)
        return ((self.principal_id, self.substitute_id), self.period, (self.posts, self.kinds)) == (
            people, given.period, scope,
        )  # fmt: skip


def refuse_conflicts(
    connection: Connection, given: NewDelegation, now: datetime, zone: ZoneInfo, *, except_id: int | None = None
) -> None:
    """Raise ConflictError for a second substitute in the same matters, and for a loop; the caller holds the turn.

    What is offered counts like what is accepted: whoever accepts later would meet it.
    """
    others = [one for one in read_others(connection, now) if one.id != except_id]
    for other in others:
        if other.principal_id != given.principal_id or other.substitute_id == given.substitute_id:
            continue
        if given.period.meets(other.period) and _share(given.posts, other.posts) and _share(given.kinds, other.kinds):
            raise _overlap(connection, other, zone)
    links = [(one.principal_id, one.substitute_id, one.period) for one in others]
    loop = closes_loop(given.principal_id, given.substitute_id, given.period, links)
    if loop is not None:
        names = name_people(connection, loop)
        way = " → ".join(names.get(one, str(one)) for one in loop)
        raise ConflictError(
            "delegation_loop",
            Sentence(f"这样会形成循环代理：{way}。请另选代理人或时间。",
                     f"Substitution would go in a circle: {way}. Choose somebody else or another time."),
        )  # fmt: skip


def read_others(connection: Connection, now: datetime) -> list[Other]:
    """Return every delegation of the city that may still have effect, by id."""
    rows = connection.execute(
        select(
            Delegation.id, Delegation.principal_id, Delegation.substitute_id, Delegation.from_at, Delegation.to_at,
            Delegation.posts, Delegation.kinds,
        )
        .where(
            Delegation.to_at > now, Delegation.declined_at.is_(None),
            or_(Delegation.ended_at.is_(None), Delegation.ended_at > now),
        )
        .order_by(Delegation.id)
    )  # fmt: skip
    return [Other(row[0], row[1], row[2], Period(row[3], row[4]), row[5], row[6]) for row in rows]


def _sort(listed: Sequence[Any] | None) -> list[Any] | None:
    return None if listed is None else sorted(set(listed))


def _share(one: Sequence[object] | None, other: Sequence[object] | None) -> bool:
    """Whether two scopes have something in common; None is everything."""
    return one is None or other is None or not set(one).isdisjoint(other)


def _overlap(connection: Connection, other: Other, zone: ZoneInfo) -> ConflictError:
    name = name_people(connection, [other.substitute_id])[other.substitute_id]
    first, last = (_tell_instant(at.astimezone(zone), is_end=at is other.period.to_at) for at in
                   (other.period.from_at, other.period.to_at))  # fmt: skip
    return ConflictError(
        "delegation_overlaps",
        Sentence(
            f"同一事务在这段时间已委托{name}代理（{first}至{last}）。",
            f"{name} stands in for the same matters from {first} to {last}.",
        ),
    )


def _tell_instant(at: datetime, *, is_end: bool) -> str:
    """Return an instant as it was chosen: whole days by their first and last day, else with the time."""
    if at.time() == time():
        return f"{(at - timedelta(days=1) if is_end else at):%Y-%m-%d}"
    return f"{at:%Y-%m-%d %H:%M}"
