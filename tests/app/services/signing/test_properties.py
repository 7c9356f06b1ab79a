"""Random moves of signers through the services, on both databases: somebody can act, rounds end once, nothing is lost.

The pure model is played far longer in tests/workflows/signing; here it is what is stored that is looked at.
"""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from app.core.database import Database, make_engine
from app.core.errors import DomainError
from app.models.record import History, Signature, SignOff, SignSlot
from app.policy import access
from app.policy.people import find_actor
from app.services.loading import load
from app.services.rulebook import Rulebook
from app.services.signing.input import FIELDS, MOVES
from app.services.signing.rounds import read_round
from app.services.signing.signers import capacities_for
from tests.app.services.acts import rows
from tests.app.services.signing.rule import store_rule, submitted
from tests.app.services.signing.test_papers import scan
from tests.city import NOW, City, build_city
from tests.databases import copy_postgresql, copy_sqlite, drop_postgresql
from tests.postgres import make_folder
from workflows.hours import Hours

_FOLDER = make_folder("signing")
LOGINS = ("ene_head", "pol_head", "wea_head", "ene_staff", "wea_staff", "office1", "tra_head")
RULES: tuple[dict[str, Any], ...] = (
    {}, {"rule": "any", "refusal": "counts"}, {"rule": "sequence"},
    {"rule": "quorum", "quorum_percent": 60, "refusal": "counts"},
)  # fmt: skip
TODAY = NOW.date()


class Signers(RuleBasedStateMachine):
    """People at the signatures of one task."""

    make_url: Callable[[], str]

    @initialize(number=st.integers(0, len(RULES) - 1))
    def open(self, number: int) -> None:
        """Begin with a task that waits for three signatures."""
        self.url = type(self).make_url()
        self.city: City = build_city(Database(make_engine(self.url)), Rulebook(ZoneInfo("Asia/Shanghai"), Hours()))
        rule_of = RULES[number]
        version = store_rule(self.city, **rule_of) if rule_of else None
        self.task = submitted(self.city, "ENE", "POL", "WEA", version=version)
        self.scan = scan(self.city, self.task)
        self.signatures: set[tuple[object, ...]] = set()

    def teardown(self) -> None:
        """Give the database back."""
        if hasattr(self, "city"):
            self.city.database.engine.dispose()
            if self.url.startswith("postgresql"):
                drop_postgresql(self.url)

    @rule(
        login=st.sampled_from(LOGINS), action=st.sampled_from(["sign", *sorted(MOVES)]), other=st.sampled_from(LOGINS),
        place=st.sampled_from(["before", "beside", "after"]), agrees=st.sampled_from([True, True, False]),
        slot=st.integers(0, 5),
    )  # fmt: skip
    def act(self, login: str, action: str, other: str, place: str, agrees: bool, slot: int) -> None:  # noqa: FBT001  # hypothesis gives them by name
        """Somebody signs or moves; a refusal is as good as a success."""
        values = {
            "verdict": "agree" if agrees else "refuse", "remark": "x", "place": place, "reason": "x",
            "signer": self.city.people[other], "slot": slot or None, "scan": self.scan, "signed_on": TODAY,
        }  # fmt: skip
        fields = {name: values[name] for name in FIELDS[action]}
        self._try(login, action, fields)

    @rule(action=st.sampled_from(["withdraw", "extend", "return_to"]), day=st.integers(1, 9))
    def change(self, action: str, day: int) -> None:
        """Withdraw it, change its date or return it; then it is submitted again."""
        fields = {
            "withdraw": {"reason": "x"}, "extend": {"new_due_on": f"2026-05-0{day}", "reason": "x"},
            "return_to": {"to_state": "in_progress", "reason": "x"},
        }[action]  # fmt: skip
        self._try("tra_head" if action == "withdraw" else "office1", action, fields)
        self._try("tra_head", "submit", {"evidence": "x"})

    def _try(self, login: str, action: str, fields: Mapping[str, object]) -> None:
        try:
            self.city.do(login, self.task, action, dict(fields))
        except DomainError:
            return

    @invariant()
    def somebody_can_sign(self) -> None:
        """Find for an open round somebody who may sign now and may read the item."""
        if not hasattr(self, "city"):
            return
        with self.city.database.reading() as session:
            connection = session.connection()
            item = load(connection, self.task)
            machine = self.city.book.machine(connection, item.kind, item.workflow_version)
            open_ = read_round(connection, machine, item)
            assert (open_ is None) == (item.sign_off_id is None)
            actors = [find_actor(connection, person_id, TODAY) for person_id in self.city.people.values()]
            for slot in open_.slots.due() if open_ is not None else ():
                signers = [one for one in actors if one and capacities_for(connection, slot, item, one, TODAY)]
                assert any(access.can_read(connection, one.readers, self.task) for one in signers)
            if open_ is not None:
                stored = select(SignSlot.slot).where(SignSlot.sign_off_id == open_.id, SignSlot.is_due)
                assert {s.number for s in open_.slots.due()} == set(connection.execute(stored).scalars())
                assert open_.slots.due()
            assert access.compare(connection) == []

    @invariant()
    def rounds_end_once(self) -> None:
        """Count one completing step for each round that agreed, and keep every signature as it was given."""
        if not hasattr(self, "city"):
            return

        def count(outcome: str, action: str) -> tuple[int, int]:
            ended = rows(self.city, select(func.count()).select_from(SignOff).where(SignOff.outcome == outcome))
            fired = rows(self.city, select(func.count()).select_from(History).where(History.action == action))
            return ended[0][0], fired[0][0]

        for outcome, action in (("agreed", "cosign_complete"), ("refused", "cosign_refuse")):
            ended, fired = count(outcome, action)
            assert ended == fired
        given = {tuple(row) for row in rows(self.city, select(Signature.__table__))}
        assert self.signatures <= given
        self.signatures = given


class SqliteSigners(Signers):
    """The same on SQLite."""

    make_url = staticmethod(lambda: copy_sqlite(_FOLDER))


class PostgresqlSigners(Signers):
    """The same on PostgreSQL."""

    make_url = staticmethod(copy_postgresql)


_ONCE = list(HealthCheck)
SqliteSigners.TestCase.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=_ONCE, print_blob=True
)
PostgresqlSigners.TestCase.settings = settings(
    max_examples=4, stateful_step_count=20, deadline=None, suppress_health_check=_ONCE, print_blob=True
)
TestSqliteSigners = SqliteSigners.TestCase
TestPostgresqlSigners = PostgresqlSigners.TestCase
