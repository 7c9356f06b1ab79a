"""No sequence of actions, by anybody, breaks what must always hold.

A state machine of hypothesis plays random steps by random people on a project, a task and its shares, moves the
clock, and replaces people in their posts. After every step: declared states only, history replays to the present
state, no history row is lost, no open item waits for nobody, the access table equals its rebuild.
"""

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select, text

from app.core.database import Database, make_engine
from app.core.errors import DomainError
from app.models.escalation import Episode
from app.models.item import Item
from app.models.record import History, SignOff
from app.policy import access
from app.policy.people import find_actor, find_holders
from app.services.loading import load
from app.services.rulebook import Rulebook
from app.services.signing.input import FIELDS as MOVE_FIELDS
from app.services.signing.input import MOVES
from app.services.signing.rounds import read_round
from app.services.signing.signers import capacities_for
from app.services.transitions import find_capacities
from tests.app.services.signing.test_papers import scan
from tests.app.services.supervision.asking import add_section
from tests.city import NOW, City, build_city
from tests.databases import copy_sqlite
from tests.postgres import make_folder
from tests.sweeping import sweep
from workflows.catalogue import WORKFLOWS
from workflows.hours import Hours

LOGINS = ("office1", "office2", "director", "leader", "auditor", "admin", "tra_head", "tra_staff", "ene_head",
          "ene_staff", "pol_head", "wea_head")  # fmt: skip
ACTIONS = sorted({step.action for table in WORKFLOWS.values() for step in table.steps} | MOVES)
FIELDS = {
    "reason": "理由", "evidence": "佐证", "decision": "决定", "text": "进展", "opinion": "同意", "progress_pct": 40,
    "late_reason": "逾期原因", "verdict": "agree", "remark": "附意见", "note": "说明", "channel": "message",
    "light": "yellow", "rhythm": "weekly", "demand": "按期办结", "answer": "已采取措施", "progress": "六成",
}  # fmt: skip
#: Who is added to a round, handed a signature, or asked for an opinion.
SIGNERS = ("wea_head", "wea_staff", "tra_staff2", "ene_staff", "office2", "leader", "pol_head")
_FOLDER = make_folder("properties")


class Office(RuleBasedStateMachine):
    """People at work on one project, its task and the task's shares."""

    @initialize()
    def open_city(self) -> None:
        """Begin with a fresh city."""
        book = Rulebook(ZoneInfo("Asia/Shanghai"), Hours())
        self.city: City = build_city(Database(make_engine(copy_sqlite(_FOLDER))), book)
        self.now = NOW
        self.section = add_section(self.city)
        self.project = self.city.project()
        self.task = self.city.task(supports=("ENE", "POL"), parent_id=self.project)
        self.rows = 2

    def teardown(self) -> None:
        """Give the file's handles back."""
        if hasattr(self, "city"):
            self.city.database.engine.dispose()

    def items(self) -> list[tuple[int, str, str]]:
        """Return (id, kind, state) of every item."""
        with self.city.database.reading() as session:
            return [(r[0], r[1], r[2]) for r in session.execute(select(Item.id, Item.kind, Item.state)).all()]

    @rule(
        login=st.sampled_from(LOGINS), action=st.sampled_from(ACTIONS), pick=st.integers(0, 9),
        refuses=st.booleans(), days=st.sampled_from([0, 0, 1, 9]),
    )  # fmt: skip
    def act(self, login: str, action: str, pick: int, refuses: bool, days: int) -> None:  # noqa: FBT001
        """Somebody tries something on some item; a refusal is as good as a success."""
        self._try(login, action, pick, refuses=refuses, days=days)

    @rule(pick=st.integers(0, 9), choice=st.integers(0, 99), refuses=st.booleans())
    def act_fittingly(self, pick: int, choice: int, refuses: bool) -> None:  # noqa: FBT001
        """Somebody takes a step that is open where the item stands (random ones seldom fit)."""
        items = self.items()
        _, kind, state = items[pick % len(items)]
        steps = [s.action for s in WORKFLOWS[kind].steps if any(source.name == state for source in s.sources)]
        for login in LOGINS:
            if steps and self._try(login, [*steps, "sign"][choice % (len(steps) + 1)], pick, refuses=refuses):
                return

    def _try(self, login: str, action: str, pick: int, *, refuses: bool, days: int = 0) -> bool:
        self.now += timedelta(days=days, minutes=1)
        items = self.items()
        item_id, kind, state = items[pick % len(items)]
        step = next(
            (s for s in WORKFLOWS[kind].steps if s.action == action and state in [x.name for x in s.sources]), None
        )
        names = {ask.name for ask in step.asks} if step else set(MOVE_FIELDS.get(action, ("verdict", "remark")))
        fields = {name: value for name, value in FIELDS.items() if name in names}
        if "verdict" in names and refuses:
            fields["verdict"] = "refuse"
        ahead = (self.now + timedelta(days=20)).date().isoformat()
        fields |= {name: ahead for name in ("until_on", "new_due_on") if name in names}
        if "department" in names:
            fields["department"] = self.city.departments[("TRA", "ENE", "POL", "WEA")[pick % 4]]
        if "section" in names:
            fields["section"] = self.section
        if "into" in names:
            fields["into"] = items[(pick + 1) % len(items)][0]
        if "parts" in names:
            codes = ("ENE", "POL")
            fields["parts"] = [
                {"title": f"分项{code}", "department": self.city.departments[code], "due_on": ahead} for code in codes
            ]
        if "place" in names:
            fields["place"] = ("before", "beside", "after")[pick % 3]
        if "signer" in names:
            fields["signer"] = self.city.people[SIGNERS[(pick + days) % len(SIGNERS)]]
        if "scan" in names:
            fields |= {"scan": scan(self.city, item_id), "signed_on": self.now.date().isoformat()}
        if "to_state" in names:
            fields["to_state"] = ("assigned", "received", "in_progress", "draft")[pick % 4]
        if "person" in names:
            fields["person"] = self.city.people["tra_staff"]
        try:
            self.city.do(login, item_id, action, fields, now=self.now)
        except DomainError:
            return False
        return True

    @rule(days=st.integers(0, 12))
    def sweep_later(self, days: int) -> None:
        """Days pass, and the sweep raises what was reached, with its slips."""
        self.now += timedelta(days=days, minutes=1)
        assert sweep(self.city, self.now).faults == ()

    @rule(login=st.sampled_from(["tra_head", "ene_head", "pol_head", "tra_staff"]))
    def lose_a_post(self, login: str) -> None:
        """Somebody leaves; the post is vacant."""
        with self.city.database.writing() as session:
            session.execute(
                text("UPDATE holding SET to_on = :on WHERE person_id = :p AND to_on IS NULL"),
                {"on": self.now.date().isoformat(), "p": self.city.people[login]},
            )

    @invariant()
    def states_are_declared(self) -> None:
        """Only states of the table; open exactly when nobody closed it."""
        if not hasattr(self, "city"):
            return
        with self.city.database.reading() as session:
            for kind, state, closed_at, paused in session.execute(
                select(Item.kind, Item.state, Item.closed_at, Item.paused_state)
            ).all():
                declared = {s.name: s for s in WORKFLOWS[kind].states}
                assert state in declared
                assert declared[state].is_open == (closed_at is None)
                assert declared[state].is_pause == (paused is not None)

    @invariant()
    def history_replays(self) -> None:
        """Each item's rows are numbered without a gap, each begins where the last ended, the last is now."""
        if not hasattr(self, "city"):
            return
        with self.city.database.reading() as session:
            total = session.execute(select(func.count()).select_from(History)).scalar_one()
            assert total >= self.rows
            self.rows = total
            for item_id, _, state in self.items():
                rows = session.execute(
                    select(History.seq, History.from_state, History.to_state)
                    .where(History.item_id == item_id)
                    .order_by(History.seq)
                ).all()
                assert [r.seq for r in rows] == list(range(1, len(rows) + 1))
                assert all(b.from_state == a.to_state for a, b in pairwise(rows))
                assert rows[-1].to_state == state

    @invariant()
    def somebody_can_act(self) -> None:
        """No open item on which nobody can act, whoever left."""
        if not hasattr(self, "city"):
            return
        today = self.now.astimezone(self.city.book.zone).date()
        with self.city.database.reading() as session:
            connection = session.connection()
            actors = [find_actor(connection, person, today) for person in self.city.people.values()]
            for item_id, kind, state in self.items():
                item = load(connection, item_id)
                if item.closed_at is not None:
                    continue
                machine = self.city.book.machine(connection, kind, item.workflow_version)
                roles = [role for step in machine.steps_from[state] for role in step.who]
                assert any(a and find_capacities(connection, roles, item, a, today) for a in actors), (kind, state)
                waits_for = machine.states[state].waits_for
                assert waits_for is not None
                assert any(a and find_capacities(connection, [waits_for], item, a, today) for a in actors), (
                    kind,
                    state,
                )
                open_ = read_round(connection, machine, item)
                for slot in open_.slots.due() if open_ is not None else ():
                    signers = [a for a in actors if a and capacities_for(connection, slot, item, a, today)]
                    assert any(access.can_read(connection, a.readers, item_id) for a in signers), slot
                assert open_ is None or open_.slots.due()

    @invariant()
    def access_equals_its_rebuild(self) -> None:
        """Nothing missing, nothing superfluous, nothing wrong."""
        if not hasattr(self, "city"):
            return
        with self.city.database.reading() as session:
            assert access.compare(session.connection()) == []

    @invariant()
    def closed_items_have_no_clock(self) -> None:
        """No episode runs on a closed or paused item, and no round of signatures on a closed one."""
        if not hasattr(self, "city"):
            return
        with self.city.database.reading() as session:
            stopped = (Item.closed_at.is_not(None)) | (Item.paused_state.is_not(None))
            running = (
                select(func.count())
                .select_from(Episode)
                .join(Item, Item.id == Episode.item_id)
                .where(Episode.ended_at.is_(None), stopped)
            )
            assert session.execute(running).scalar_one() == 0
            open_rounds = (
                select(func.count())
                .select_from(SignOff)
                .join(Item, Item.id == SignOff.item_id)
                .where(SignOff.closed_at.is_(None), Item.closed_at.is_not(None))
            )
            assert session.execute(open_rounds).scalar_one() == 0

    @invariant()
    def holders_are_found(self) -> None:
        """Find somebody of the office at any time, so that every vacancy has a stand-in."""
        if not hasattr(self, "city"):
            return
        today = self.now.astimezone(self.city.book.zone).date()
        with self.city.database.reading() as session:
            assert find_holders(session.connection(), self.city.departments.values(), today)


Office.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
TestOffice = Office.TestCase
