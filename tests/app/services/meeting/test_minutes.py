"""Minutes: put together, issued once, corrected by new versions; nothing issued ever changes (case P46)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from app.core.errors import ConflictError, DomainError, InvalidError
from app.models.item import Item
from app.models.meeting import MeetingConflict, MeetingParticipant
from app.models.organisation import Department
from app.models.record import History, Outbox
from app.models.topic import AgendaItem, MeetingText, MinutesIssue
from app.policy import access
from app.services.meeting.record.content import assemble
from app.services.meeting.record.minutes import hash_content
from app.services.message.topics import describe
from tests.city import City
from tests.meeting import Bench


def _issues(city: City, meeting_id: int) -> list[Any]:
    with city.database.reading() as session:
        found = session.execute(
            select(MinutesIssue).where(MinutesIssue.meeting_id == meeting_id).order_by(MinutesIssue.version)
        )
        return list(found.scalars())


def _held(bench: Bench) -> tuple[int, int]:
    """Hold a meeting with one topic up to its last decision; return it and the topic."""
    meeting_id = bench.plan()
    bench.do("office1", meeting_id, "call_topics")
    topic_id = bench.put(meeting_id)
    bench.notify(meeting_id)
    bench.open(meeting_id)
    return meeting_id, topic_id


def test_minutes_hold_texts_outcomes_votes_decisions_attendance_and_how_units_signed(city: City) -> None:
    """Issue 7.6: the draft is put together from the page: peers 51 (who does what by when), 54 (stand-ins, absent)."""
    bench = Bench.found(city)
    meeting_id, topic_id = _held(bench)
    with city.database.writing() as session:
        connection = session.connection()
        english = update(Department).where(Department.id == city.departments["ENE"])
        connection.execute(english.values(name_en="Energy Bureau"))
        mine = MeetingParticipant.meeting_id == meeting_id
        seat = {login: (mine & (MeetingParticipant.post_id == city.posts[login])) for login in city.posts}
        connection.execute(
            update(MeetingParticipant).where(seat["pol_head"]).values(
                attendance="absent", reply="leave", reply_reason="赴省里开会", opinion="同意。")
        )  # fmt: skip
        connection.execute(
            update(MeetingParticipant).where(seat["wea_head"]).values(
                reply="stand_in", stand_in_id=city.people["wea_staff"])
        )  # fmt: skip
        ene = connection.execute(select(MeetingParticipant.id).where(seat["ene_head"])).scalar_one()
        connection.execute(
            insert(MeetingConflict).values(
                agenda_item_id=topic_id, participant_id=ene, note="本单位事项", recorded_by=city.people["office1"],
                recorded_at=bench.now)
        )  # fmt: skip
        votes = {"votes_for": 5, "votes_against": 1, "votes_abstained": 0}
        connection.execute(update(AgendaItem).where(AgendaItem.item_id == topic_id).values(**votes))
    bench.write(meeting_id, "opening", "会议在3号会议室召开。")
    bench.write(meeting_id, f"topic:{topic_id}", "会议听取了汇报。")
    decision_id = bench.decide(meeting_id, topic_id, wanted=("接口联调通过",))
    bench.do("office1", topic_id, "conclude", outcome="agreed", conclusion="同意。")
    bench.do("office1", meeting_id, "end")
    with city.database.reading() as session:
        content = assemble(session.connection(), meeting_id)
    assert content["texts"] == {"opening": "会议在3号会议室召开。", f"topic:{topic_id}": "会议听取了汇报。"}
    (topic,) = content["topics"]
    assert (topic["outcome"], topic["votes_for"], topic["unit"]) == ("agreed", 5, "交通局")
    assert [one["note"] for one in topic["recused"]] == ["本单位事项"]
    (decision,) = content["decisions"]
    assert decision["id"] == decision_id
    assert (decision["unit_en"], decision["wanted"]) == ("Energy Bureau", ["接口联调通过"])
    assert [one["unit"] for one in decision["supports"]] == ["交通局"]
    people = {one["unit"]: one for one in content["attendance"] if one["seat"] == "member"}
    assert (people["公安局"]["reason"], people["公安局"]["opinion"]) == ("赴省里开会", "同意。")
    assert people["气象局"]["stand_in"] == "测试wea_staff"
    assert content["cosign"] == []


def test_silence_past_the_limit_is_recorded_as_such(city: City) -> None:
    """Issue 7.6: who did not sign until the limit stands in the minutes as silent; an objection of before stays."""
    bench = Bench.found(city)
    meeting_id, topic_id = _held(bench)
    bench.do("office1", topic_id, "conclude", outcome="agreed")
    bench.do("office1", meeting_id, "end")
    bench.do("office1", meeting_id, "send_minutes")
    bench.sign("pol_head", meeting_id, "refuse", "第二段与会上所说不符")
    assert bench.state(meeting_id) == "minutes_draft"
    bench.do("office1", meeting_id, "send_minutes")
    for login in ("tra_head", "ene_head", "pol_head"):
        bench.sign(login, meeting_id)
    with pytest.raises(ConflictError):
        bench.do("deputy", meeting_id, "issue")
    bench.at(date(2026, 3, 25)).do("deputy", meeting_id, "issue")
    (issued,) = _issues(city, meeting_id)
    verdicts = {one["unit"]: one["verdict"] for one in issued.content["cosign"]}
    assert verdicts == {"交通局": "agreed", "能源局": "agreed", "公安局": "agreed", "气象局": "silent"}
    assert [(one["unit"], one["remark"]) for one in issued.content["objections"]] == [
        ("公安局", "第二段与会上所说不符")
    ]


def test_nothing_of_issued_minutes_can_change(city: City) -> None:
    """Case P46: text, decision, outcome and order of issued minutes are refused; what was issued stays as it was."""
    bench = Bench.found(city)
    meeting_id, topic_id, (decision_id,) = bench.whole()
    before = _issues(city, meeting_id)[0]
    assert hash_content(before.content) == before.sha256
    for attempt in (
        lambda: bench.write(meeting_id, "opening", "改写"),
        lambda: bench.decide(meeting_id, topic_id, "另行决定"),
        lambda: bench.do("office1", decision_id, "drop"),
        lambda: bench.do("office1", topic_id, "reopen", reason="再议"),
        lambda: bench.do("office1", topic_id, "conclude", outcome="not_agreed"),
        lambda: bench.do("office1", meeting_id, "send_minutes"),
        lambda: bench.do("deputy", meeting_id, "issue"),
    ):
        with pytest.raises(DomainError):
            attempt()
    for change in (update(MinutesIssue).values(number="x"), delete(MinutesIssue)):
        with pytest.raises(DBAPIError), city.database.writing() as session:
            session.execute(change)
    # A renamed department and a later mark of attendance leave it alone too.
    with city.database.writing() as session:
        session.execute(update(Department).values(name=Department.name + "（新）"))
        session.execute(update(MeetingParticipant).values(attendance="absent"))
    (after,) = _issues(city, meeting_id)
    assert (after.content, after.sha256) == (before.content, before.sha256)


def test_a_correction_is_a_new_version_that_changes_one_part(city: City) -> None:
    """Issue 7.6: a correction names what it replaces and why; the version before stays, all other parts with it."""
    bench = Bench.found(city)
    meeting_id, topic_id, _ = bench.whole()
    with pytest.raises(InvalidError) as refused:
        bench.do("deputy", meeting_id, "correct", section="第三节", corrected="x", reason="y")
    assert "opening" in refused.value.faults[0].sentence.zh
    with city.database.writing() as session:
        session.execute(update(Department).values(name=Department.name + "（新）"))
    bench.do("deputy", meeting_id, "correct", section=f"topic:{topic_id}", corrected="应为每周开放。", reason="笔误")
    first, second = _issues(city, meeting_id)
    assert (second.version, second.number, second.reason) == (2, first.number, "笔误")
    assert second.content["texts"][f"topic:{topic_id}"] == "应为每周开放。"
    assert {**second.content, "texts": {}} == {**first.content, "texts": {}}
    with pytest.raises(InvalidError):
        bench.do(
            "deputy", meeting_id, "correct", section=f"topic:{topic_id}", corrected="应为每周开放。", reason="再来"
        )


def test_a_correction_of_a_restricted_topic_leaves_no_text_in_the_record(city: City) -> None:
    """Restricted topics are kept apart: the record of the meeting, which all its units read, does not repeat them."""
    bench = Bench.found(city)
    meeting_id, topic_id = _held(bench)
    with city.database.writing() as session:
        session.execute(update(Item).where(Item.id == topic_id).values(confidential=True, parent_id=None))
        access.refresh(session.connection(), [topic_id])
    bench.do("director", topic_id, "conclude", outcome="agreed")
    bench.do("office1", meeting_id, "end")
    bench.issue(meeting_id)
    bench.do("deputy", meeting_id, "correct", section=f"topic:{topic_id}", corrected="机密的内容", reason="笔误")
    with city.database.reading() as session:
        data = session.execute(select(History.data).where(History.item_id == meeting_id)).scalars().all()
        told = session.execute(select(Outbox.payload).where(Outbox.item_id == meeting_id)).scalars().all()
        assert session.execute(select(MeetingText.text)).scalars().all()[-1] == "机密的内容"
    assert "机密的内容" not in str(data) + str(told)


def test_each_person_gets_one_message_with_what_their_departments_have_to_do(city: City) -> None:
    """Peers 72: one message a person, however many posts, and none of the task's own beside it."""
    city.add_person("both", ("TRA", "head", False), ("ENE", "head", False))
    bench = Bench.found(city)
    meeting_id, topic_id = _held(bench)
    bench.decide(meeting_id, topic_id, "能源局开放负荷数据。")
    bench.decide(meeting_id, topic_id, "公安局开放路口数据。", lead="POL", supports=())
    bench.decide(meeting_id, topic_id, "通报情况。", lead=None, supports=(), days=None, is_information=True)
    bench.do("office1", topic_id, "conclude", outcome="agreed")
    bench.do("office1", meeting_id, "end")
    bench.issue(meeting_id)
    with city.database.reading() as session:
        rows = session.execute(
            select(Outbox.recipient, Outbox.payload).where(Outbox.topic == "meeting.minutes_issued")
        ).all()
        tasks = session.execute(select(Item.id).where(Item.kind == "task")).scalars().all()
        assert session.execute(select(Outbox.id).where(Outbox.item_id.in_(tasks))).all() == []
    told = {row.recipient: row.payload for row in rows}
    assert len(rows) == len(told)
    duties = {
        login: [(one["seq"], one["role"]) for one in told[f"U:{city.people[login]}"]["duties"]]
        for login in ("both", "ene_head", "tra_head", "pol_head", "wea_head", "leader")
    }
    assert duties == {
        "both": [(1, "lead")], "ene_head": [(1, "lead")], "tra_head": [(1, "support")], "pol_head": [(2, "lead")],
        "wea_head": [], "leader": [],
    }  # fmt: skip
    said = describe("meeting.minutes_issued", told[f"U:{city.people['ene_head']}"], city.book.zone)
    assert said.zh == "纪要〔2026〕1号已印发，您所在单位承办1项：牵头第1项“能源局开放负荷数据。”，2026-04-09前完成"
    assert said.en.startswith("Minutes 纪要〔2026〕1号 are issued; for your department 1: lead no. 1")
