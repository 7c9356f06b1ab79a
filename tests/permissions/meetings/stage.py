"""The meetings of the stage: a group, a meeting whose minutes went round once, one ahead, what hangs on them."""

from datetime import date

from sqlalchemy import insert, select, update

from app.models.item import Item, NamedReader
from app.models.meeting import MeetingParticipant
from app.policy.access import refresh
from app.services.meeting.record.commenting import NewComment, comment_minutes
from app.services.meeting.series.founding import SeriesDraft, found_series
from tests.app.services.supervision.stalling import YELLOW_AT
from tests.city import NOW, City
from tests.meeting import Bench
from tests.money import WAN, Treasury
from tests.permissions.viewers import Case

_ISSUED_ON, _HELD_ON, _AHEAD_ON = date(2026, 3, 10), date(2026, 3, 20), date(2026, 4, 10)
_SEATS = (
    ("leader", "leader"), ("deputy", "deputy"), ("director", "director"), ("member", "tra_head"),
    ("member", "ene_head"),
)  # fmt: skip


def begin_meetings(city: City, case: Case) -> dict[str, int]:
    """Return ids of a group, its series, a meeting that was held, one issued, one ahead; TRA and ENE sit in it.

    What is decided is led by TRA and supported by ENE. The minutes were sent round and taken back, so that whoever
    reads the meeting reads its draft decisions, too, and the office still writes.
    """
    bench = Bench.found(city, _SEATS)
    issued = _issue(bench, f"{case}前次协调会")
    bench.now = NOW
    series = bench.by(
        "office2",
        lambda act, actor: found_series(
            act, actor, bench.group_id, SeriesDraft("月度协调会", "office", "weekday:2:tue", "14:30", "2026-05")
        ),
    )
    meeting = bench.plan(_HELD_ON, title=f"{case}协调会")
    bench.do("office1", meeting, "call_topics")
    topic = bench.put(meeting, f"{case}议题")
    bench.notify(meeting)
    bench.open(meeting)
    bench.write(meeting, "opening", "会议开始。")
    decision = bench.decide(meeting, topic, f"{case}决定事项。", lead="TRA", supports=("ENE",))
    for one in bench.topics(meeting):
        bench.do("office1", one, "conclude", outcome="agreed", conclusion="同意。")
    bench.do("office1", meeting, "end")
    bench.now = YELLOW_AT
    bench.do("office1", meeting, "send_minutes")
    comment = bench.by(
        "tra_head", lambda act, actor: comment_minutes(act, actor, meeting, NewComment("opening", "请补充。"))
    )
    bench.do("office1", meeting, "withdraw", reason="补充内容")
    ahead = bench.plan(_AHEAD_ON, title=f"{case}下次协调会")
    bench.do("office1", ahead, "call_topics")
    draft = bench.propose(ahead, f"{case}草拟议题")
    if case is Case.CONFIDENTIAL:
        _restrict(city, (bench.group_id, issued, meeting, topic, decision, ahead, draft))
    with city.database.reading() as session:
        mine = select(MeetingParticipant.id).where(
            MeetingParticipant.meeting_id == meeting, MeetingParticipant.post_id == city.posts["tra_head"]
        )
        participant = session.execute(mine).scalar_one()
    return {
        "group_id": bench.group_id, "series_id": series, "meeting_id": meeting, "issued_id": issued,
        "ahead_id": ahead, "topic_id": draft, "heard_id": topic, "decision_id": decision,
        "participant_id": participant, "comment_id": comment,
    }  # fmt: skip


def _issue(bench: Bench, title: str) -> int:
    """Return a meeting whose minutes are issued; it decided nothing."""
    meeting = bench.plan(_ISSUED_ON, title=title)
    bench.do("office1", meeting, "call_topics")
    topic = bench.put(meeting, "前次议题")
    bench.notify(meeting)
    bench.open(meeting)
    bench.do("office1", topic, "conclude", outcome="agreed", conclusion="同意。")
    bench.do("office1", meeting, "end")
    bench.do("office1", meeting, "send_minutes")
    for login in ("tra_head", "ene_head"):
        bench.sign(login, meeting)
    bench.do("deputy", meeting, "issue")
    return meeting


def _restrict(city: City, item_ids: tuple[int, ...]) -> None:
    """Make items confidential, with the readers that the confidential items of the stage have."""
    readers = [city.people[login] for login in ("wea_staff", "tra_staff")]
    with city.database.writing() as session:
        connection = session.connection()
        connection.execute(update(Item).where(Item.id.in_(item_ids)).values(confidential=True))
        connection.execute(
            insert(NamedReader), [{"item_id": one, "person_id": person} for one in item_ids for person in readers]
        )
        refresh(connection, item_ids)


def pay(city: City, fund_id: int, project_id: int) -> dict[str, int]:
    """Return ids of an allocation that was granted and of a disbursement that waits to be paid."""
    money = Treasury(city, fund_id, YELLOW_AT)
    granted = money.draft(project_id, WAN)
    money.submit(granted)
    money.do("pol_finance", granted, "approve")
    drawn = money.drawn(granted)
    money.do("pol_finance", drawn, "check")
    return {"granted_id": granted, "disbursement_id": drawn}
