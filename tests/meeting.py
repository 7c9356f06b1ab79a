"""A leadership group and its meetings in the made-up city of the tests: found, plan, propose, hold, minute, issue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select, update

from app.models.item import Item
from app.models.meeting import MeetingParticipant
from app.models.topic import AgendaItem, Decision
from app.policy.people import Actor, find_actor
from app.services.act import Act
from app.services.meeting.group.founding import NewGroup, NewSeat, draft_group
from app.services.meeting.planning import NewMeeting, plan_meeting
from app.services.meeting.record.deciding import DecisionDraft, draft_decision
from app.services.meeting.record.writing import write_text
from app.services.meeting.topic.drafting import TopicDraft, draft_topic
from app.services.recording import Acting
from app.services.transitions import Outcome, Request, perform
from tests.city import NOW, City

T = TypeVar("T")
#: Who sits in the group unless a test says otherwise: (seat, log-in).
SEATS = (
    ("leader", "leader"), ("deputy", "deputy"), ("director", "director"), ("member", "tra_head"),
    ("member", "ene_head"), ("member", "pol_head"), ("member", "wea_head"),
)  # fmt: skip


@dataclass
class Bench:
    """The group's meetings in a city; `now` is when everything happens and may be moved."""

    city: City
    group_id: int = 0
    now: datetime = NOW

    @classmethod
    def found(cls, city: City, seats: Sequence[tuple[str, str]] = SEATS, **procedure: Any) -> "Bench":  # noqa: ANN401
        """Set the group up and establish it; a deputy leader joins the city's people."""
        if "deputy" not in city.people:
            city.add_person("deputy", ("OFF", "leader", False))
        made = cls(city)
        new = NewGroup(
            "智慧城市建设领导小组", city.departments["OFF"], date(2026, 1, 1), procedure=procedure,
            seats=[NewSeat(role, city.posts[login], rank) for rank, (role, login) in enumerate(seats, 1)],
        )  # fmt: skip
        made.group_id = made.by("office1", lambda act, actor: draft_group(act, city.book, actor, new))
        made.do("leader", made.group_id, "establish")
        return made

    @property
    def today(self) -> date:
        """The city's date."""
        return self.now.astimezone(self.city.book.zone).date()

    def at(self, on: date, hour: int = 10) -> "Bench":
        """Move to an hour of a day in the city."""
        self.now = datetime(on.year, on.month, on.day, hour, tzinfo=self.city.book.zone).astimezone(UTC)
        return self

    def by(self, login: str, work: Callable[[Act, Actor], T]) -> T:
        """Do something in the services as somebody, in a unit of its own."""
        with self.city.database.writing() as session:
            connection = session.connection()
            actor = find_actor(connection, self.city.people[login], self.today, self.now)
            assert actor is not None
            capacity = actor.capacities[0]
            acting = Acting(actor.person_id, capacity.duty.value, capacity)
            return work(Act(connection, acting, self.now, self.today, "test"), actor)

    def do(self, login: str, item_id: int, action: str, /, **fields: Any) -> Outcome:  # noqa: ANN401
        """Take a step."""
        with self.city.database.writing() as session:
            version = session.connection().execute(select(Item.version).where(Item.id == item_id)).scalar_one()
            request = Request(action, fields, version)
            return perform(session, self.city.book, self.city.people[login], self.now, item_id, request)

    def sign(self, login: str, item_id: int, verdict: str = "agree", remark: str | None = None) -> Outcome:
        """Sign what is being collected."""
        return self.do(login, item_id, "sign", verdict=verdict, remark=remark)

    def plan(self, on: date = date(2026, 3, 10), forum: str = "office", **more: Any) -> int:  # noqa: ANN401
        """Plan a meeting at 14:30 on a day."""
        starts = datetime(on.year, on.month, on.day, 14, 30, tzinfo=self.city.book.zone).astimezone(UTC)
        values: dict[str, Any] = {"title": f"{on.month}月协调会", "place": "3号会议室"}
        values |= {"cutoff_on": on - timedelta(3)} | more
        new = NewMeeting(self.group_id, forum=forum, starts_at=starts, ends_at=starts + timedelta(hours=2), **values)
        return self.by("office1", lambda act, _: plan_meeting(act, self.city.book, new))

    def propose(
        self, meeting_id: int, title: str = "电网负荷数据开放", *, by: str = "tra",
        concerned: tuple[str, ...] = ("ENE",), **more: Any,  # noqa: ANN401
    ) -> int:  # fmt: skip
        """Draft a topic as a department's staff."""
        values: dict[str, Any] = {"matter": "coordination", "brief": "需要能源局开放负荷数据。"}
        values |= {"sought": "同意按目录开放。"} | more
        draft = TopicDraft(title, concerned=[self.city.departments[code] for code in concerned], **values)
        login = f"{by}_staff" if f"{by}_staff" in self.city.people else f"{by}_head"
        return self.by(login, lambda act, actor: draft_topic(act, self.city.book, actor, meeting_id, draft))

    def put(self, meeting_id: int, title: str = "电网负荷数据开放", **more: Any) -> int:  # noqa: ANN401
        """Propose a topic, have it countersigned by those concerned, submit it, put it on the agenda."""
        by, concerned = more.get("by", "tra"), more.get("concerned", ("ENE",))
        topic_id = self.propose(meeting_id, title, **more)
        self.do(f"{by}_head", topic_id, "ask_consent")
        for code in concerned:
            self.sign(f"{code.lower()}_head", topic_id)
        self.do(f"{by}_head", topic_id, "submit")
        self.do("office1", topic_id, "accept")
        return topic_id

    def notify(self, meeting_id: int) -> None:
        """Fix the agenda and send the notice."""
        self.do("office1", meeting_id, "set_agenda")
        self.do("office1", meeting_id, "notify")

    def attend(self, meeting_id: int, attendance: str = "present") -> None:
        """Mark everybody as there (or otherwise)."""
        with self.city.database.writing() as session:
            mine = MeetingParticipant.meeting_id == meeting_id
            session.connection().execute(update(MeetingParticipant).where(mine).values(attendance=attendance))

    def open(self, meeting_id: int) -> None:
        """Move to the meeting's day; everybody is there; open it."""
        with self.city.database.reading() as session:
            due_on = session.connection().execute(select(Item.due_on).where(Item.id == meeting_id)).scalar_one()
        assert due_on is not None
        self.at(due_on, 15)
        self.attend(meeting_id)
        self.do("office1", meeting_id, "open")

    def decide(
        self, meeting_id: int, topic_id: int | None = None, text: str = "能源局按目录开放负荷数据。", *,
        lead: str | None = "ENE", supports: tuple[str, ...] = ("TRA",), days: int | None = 30, **more: Any,  # noqa: ANN401
    ) -> int:  # fmt: skip
        """Note a decision."""
        city = self.city
        draft = DecisionDraft(
            text, topic_id, None if lead is None else city.departments[lead],
            [city.departments[code] for code in supports], None if days is None else self.today + timedelta(days),
            **more,
        )  # fmt: skip
        return self.by("office1", lambda act, actor: draft_decision(act, city.book, actor, meeting_id, draft))

    def write(self, meeting_id: int, place: str, text: str, based_on: int = 0, *, by: str = "office1") -> int:
        """Write a part of the notes."""
        return self.by(by, lambda act, actor: write_text(act, actor, meeting_id, place, text, based_on))

    def hold(self, meeting_id: int) -> list[int]:
        """Hold a notified meeting: each topic agreed with one decision; return the decisions."""
        self.open(meeting_id)
        made = []
        for topic_id in self.topics(meeting_id):
            made.append(self.decide(meeting_id, topic_id))
            self.do("office1", topic_id, "conclude", outcome="agreed", conclusion="同意。")
        self.do("office1", meeting_id, "end")
        return made

    def cosign(self, meeting_id: int) -> None:
        """Send the minutes round; every member unit's head signs."""
        self.do("office1", meeting_id, "send_minutes")
        for login in ("tra_head", "ene_head", "pol_head", "wea_head"):
            self.sign(login, meeting_id)

    def issue(self, meeting_id: int, chair: str = "deputy") -> None:
        """Have the minutes co-signed and issued by the chair."""
        self.cosign(meeting_id)
        self.do(chair, meeting_id, "issue")

    def whole(self, on: date = date(2026, 3, 10)) -> tuple[int, int, list[int]]:
        """Run a meeting from planning to issued minutes; return it, its topic, its decisions."""
        meeting_id = self.plan(on)
        self.do("office1", meeting_id, "call_topics")
        topic_id = self.put(meeting_id)
        self.notify(meeting_id)
        decisions = self.hold(meeting_id)
        self.issue(meeting_id)
        return meeting_id, topic_id, decisions

    def topics(self, meeting_id: int) -> list[int]:
        """Return the topics on the agenda in their order."""
        with self.city.database.reading() as session:
            rows = session.connection().execute(
                select(AgendaItem.item_id)
                .join(Item, Item.id == AgendaItem.item_id)
                .where(AgendaItem.meeting_id == meeting_id, Item.state.in_(("accepted", "concluded")))
                .order_by(AgendaItem.position)
            )
            return list(rows.scalars())

    def state(self, item_id: int) -> str:
        """Return an item's state."""
        with self.city.database.reading() as session:
            return str(session.connection().execute(select(Item.state).where(Item.id == item_id)).scalar_one())

    def task_of(self, decision_id: int) -> int:
        """Return the task of a decision."""
        with self.city.database.reading() as session:
            found = session.connection().execute(select(Decision.task_id).where(Decision.item_id == decision_id))
            return int(found.scalar_one() or 0)
