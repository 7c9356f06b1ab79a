"""Adding and removing files: who may, how often, what stays on record; on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from app.core.errors import ConflictError, DomainError, ForbiddenError, InvalidError, NotFoundError
from app.core.store import Stored
from app.models.attachment import Attachment
from app.models.organisation import Department
from app.models.record import Audit
from app.policy.people import find_actor
from app.queries.attachment import find_attachment, list_of_item
from app.services.attachment.adding import COUNT_MAX, Added, Upload, add_attachment
from app.services.attachment.permission import Parent
from app.services.attachment.removing import remove_attachment
from tests.app.services.acts import rows, submitted_task
from tests.app.services.test_races import at_once
from tests.city import FIRST, NOW, City

TODAY = date(2026, 3, 2)
SHA = "ab" * 32


def add(city: City, login: str, item: int, **more: Any) -> Added:  # noqa: ANN401  # as the service takes it
    """Add a file as `login`."""
    key, now = more.pop("key", None), more.pop("now", NOW)
    values: dict[str, Any] = {"name": "报告.pdf", "media_type": "application/pdf", "kind": "evidence", "sha256": SHA}
    values |= more
    upload = Upload(values["name"], values["media_type"], values["kind"], Stored(values["sha256"], 10))
    return city.database.write(
        lambda session: add_attachment(
            session.connection(), city.people[login], now, TODAY, Parent(item_id=item), upload, key=key, source="test"
        )
    )


def remove(city: City, login: str, attachment: int, reason: str = "传错了") -> None:
    """Remove a file as `login`."""
    city.database.write(
        lambda session: remove_attachment(
            session.connection(), city.people[login], NOW, TODAY, attachment, reason, source="test"
        )
    )


def names(city: City, login: str, item: int) -> list[str]:
    """Return the names of an item's files as `login` reads them."""
    with city.database.reading() as session:
        actor = find_actor(session.connection(), city.people[login], TODAY)
        assert actor is not None
        return [row.name for row in list_of_item(session.connection(), actor.readers, item)]


def outcome(city: City, login: str, item: int) -> str:
    """Return what adding ends in."""
    try:
        add(city, login, item)
    except DomainError as error:
        return type(error).__name__
    return "added"


def test_who_may_add(city: City) -> None:
    """Departments concerned and the office add, who only reads gets 403, who may not read the 404 of no such item."""
    task = city.task(supports=("ENE",))
    expected = {
        "office1": "added", "director": "added", "tra_head": "added", "tra_staff": "added", "ene_head": "added",
        "ene_staff": "added", "leader": "ForbiddenError", "auditor": "ForbiddenError", "pol_head": "NotFoundError",
        "admin": "NotFoundError",
    }  # fmt: skip
    assert {login: outcome(city, login, task) for login in expected} == expected
    with pytest.raises(NotFoundError):
        add(city, "office1", 999_999)


def test_a_section_to_which_the_work_was_handed_on_may_add(city: City) -> None:
    """科室分办: the section inside the lead department counts as concerned."""
    with city.database.writing() as session:
        city.departments["TRA1"] = session.execute(
            insert(Department)
            .values(code="TRA1", name="科技处", sort_key="kjc", from_on=FIRST, parent_id=city.departments["TRA"])
            .returning(Department.id)
        ).scalar_one()
    clerk = city.add_person("clerk", ("TRA1", "member", False))
    task = city.task()
    with city.database.writing() as session:
        session.execute(
            text("INSERT INTO named_reader (item_id, person_id) VALUES (:item, :person)"),
            {"item": task, "person": clerk},
        )
        session.execute(
            text("INSERT INTO item_access (reader, item_id, kind, is_open, due_key) VALUES (:r, :i, 'task', :o, :d)"),
            {"r": f"U:{clerk}", "i": task, "o": True, "d": date(2026, 4, 1)},
        )
    assert outcome(city, "clerk", task) == "ForbiddenError"
    with city.database.writing() as session:
        session.execute(
            text("UPDATE items SET section_id = :s WHERE id = :i"), {"s": city.departments["TRA1"], "i": task}
        )
    assert outcome(city, "clerk", task) == "added"


def test_nobody_but_the_office_adds_to_a_closed_item(city: City) -> None:
    """A closed item keeps its files as they were; the office may add what came late."""
    task = submitted_task(city)
    city.do("office1", task, "verify")
    with pytest.raises(ConflictError) as caught:
        add(city, "tra_staff", task)
    assert caught.value.code == "item_closed"
    assert not add(city, "office1", task).is_replay


def test_a_confidential_item_hides_its_files(city: City) -> None:
    """Same readers as the item: an office clerk gets 404, the director and the head of the department read."""
    task = city.task(confidential=True)
    attachment = add(city, "director", task).attachment_id
    for login in ("office1", "tra_staff", "pol_head"):
        with pytest.raises(NotFoundError):
            names(city, login, task)
        with pytest.raises(NotFoundError):
            remove(city, login, attachment)
        assert outcome(city, login, task) == "NotFoundError"
    assert names(city, "tra_head", task) == ["报告.pdf"]
    with city.database.reading() as session:
        connection = session.connection()
        for login, is_found in (("director", True), ("leader", True), ("tra_head", True), ("office1", False)):
            actor = find_actor(connection, city.people[login], TODAY)
            assert actor is not None
            if is_found:
                assert find_attachment(connection, actor, attachment).is_confidential
                continue
            with pytest.raises(NotFoundError):
                find_attachment(connection, actor, attachment)


def test_a_double_click_adds_once(city: City) -> None:
    """The same bytes and name by the same person within a minute; later, or by another, it is another file."""
    task = city.task()
    first = add(city, "tra_head", task)
    assert add(city, "tra_head", task) == Added(first.attachment_id, is_replay=True)
    assert not add(city, "tra_staff", task).is_replay
    assert not add(city, "tra_head", task, name="报告二.pdf").is_replay
    assert not add(city, "tra_head", task, sha256="cd" * 32).is_replay
    assert not add(city, "tra_head", task, now=NOW + timedelta(minutes=2)).is_replay
    assert names(city, "tra_head", task) == ["报告.pdf", "报告.pdf", "报告二.pdf", "报告.pdf", "报告.pdf"]


def test_a_key_is_answered_once(city: City) -> None:
    """Idempotency-Key: the first answer again, also after the file was removed; other content is refused."""
    task = city.task()
    first = add(city, "tra_head", task, key="k")
    assert add(city, "tra_head", task, key="k", now=NOW + timedelta(hours=1)) == Added(
        first.attachment_id, is_replay=True
    )
    with pytest.raises(InvalidError) as caught:
        add(city, "tra_head", task, key="k", name="另一.pdf")
    assert caught.value.code == "idempotency_key_reused"
    assert names(city, "tra_head", task) == ["报告.pdf"]


def test_two_clicks_at_once_add_once(city: City) -> None:
    """The item's row is locked: eight at the same moment end in one row."""
    task = city.task()
    results = at_once([lambda: add(city, "tra_head", task) for _ in range(8)])
    assert len({result.attachment_id for result in results if isinstance(result, Added)}) == 1
    assert sum(isinstance(result, Added) and not result.is_replay for result in results) == 1
    assert names(city, "tra_head", task) == ["报告.pdf"]


def test_an_item_holds_a_limited_number(city: City) -> None:
    """200 files; a removed one makes room."""
    task = city.task()
    first = add(city, "tra_head", task).attachment_id
    with city.database.writing() as session:
        session.execute(
            insert(Attachment),
            [
                {"item_id": task, "name": f"{n}.pdf", "media_type": "application/pdf", "size_bytes": 1, "sha256": SHA,
                 "kind": "other", "uploaded_by": city.people["office1"], "uploaded_at": NOW}
                for n in range(COUNT_MAX - 1)
            ],
        )  # fmt: skip
    with pytest.raises(ConflictError) as caught:
        add(city, "tra_head", task, name="多.pdf")
    assert caught.value.code == "attachments_full"
    remove(city, "tra_head", first)
    assert not add(city, "tra_head", task, name="多.pdf").is_replay


def test_a_kind_must_be_known(city: City) -> None:
    """The closed list is named."""
    with pytest.raises(InvalidError) as caught:
        add(city, "office1", city.task(), kind="secret")
    assert caught.value.faults[0].field == "kind"
    assert "scan" in caught.value.faults[0].sentence.en


def test_who_may_remove(city: City) -> None:
    """The uploader while the item is open, or the office; nobody else, and always with a reason."""
    task = submitted_task(city)
    own, other, late = (
        add(city, login, task, name=f"{login}.pdf").attachment_id for login in ("tra_staff", "tra_head", "tra_staff2")
    )
    with pytest.raises(ForbiddenError):
        remove(city, "tra_staff", other)
    with pytest.raises(ForbiddenError):
        remove(city, "auditor", other)
    for reason in ("", " \u200b ", "长" * 501):
        with pytest.raises(InvalidError) as caught:
            remove(city, "tra_staff", own, reason)
        assert caught.value.faults[0].field == "reason"
    remove(city, "tra_staff", own)
    assert names(city, "tra_head", task) == ["tra_head.pdf", "tra_staff2.pdf"]
    city.do("office1", task, "verify")
    with pytest.raises(ConflictError):
        remove(city, "tra_staff2", late)
    remove(city, "office1", late)
    with pytest.raises(NotFoundError):
        remove(city, "office1", 999_999)


def test_a_removed_file_is_hidden_and_its_record_stays(city: City) -> None:
    """Nothing is deleted; removed twice by the same hand it is done once, by another it is not there any more."""
    task = city.task()
    attachment = add(city, "tra_head", task).attachment_id
    remove(city, "tra_head", attachment)
    remove(city, "tra_head", attachment)
    with pytest.raises(NotFoundError):
        remove(city, "office1", attachment, "另有原因")
    assert names(city, "tra_head", task) == []
    (row,) = rows(city, select(Attachment.removed_by, Attachment.removed_reason, Attachment.sha256))
    assert tuple(row) == (city.people["tra_head"], "传错了", SHA)
    audits = rows(
        city, select(Audit.action, Audit.acting_role, Audit.subject, Audit.after).where(Audit.subject.like("attach%"))
    )
    assert [(a.action, a.acting_role, a.subject) for a in audits] == [
        (action, "head", f"attachment:{attachment}") for action in ("add_attachment", "remove_attachment")
    ]  # fmt: skip
    assert audits[0].after == {"on": f"item:{task}", "name": "报告.pdf", "media_type": "application/pdf",
                               "kind": "evidence", "size_bytes": 10, "sha256": SHA}  # fmt: skip
    assert audits[1].after == {"on": f"item:{task}", "reason": "传错了"}


def test_a_refused_unit_writes_nothing(city: City) -> None:
    """All or nothing: no row, no audit row, no kept answer."""
    task = city.task()
    before = rows(city, select(func.count()).select_from(Audit))
    with pytest.raises(NotFoundError):
        add(city, "pol_head", task, key="k")
    assert rows(city, select(func.count()).select_from(Audit)) == before
    assert rows(city, select(Attachment.id)) == []
    assert rows(city, text("SELECT key FROM idempotency")) == []


@pytest.mark.parametrize("change", [
    "item_id = NULL", "document_id = 1, item_id = item_id", "kind = 'x'", "size_bytes = 0", "name = ''", "sha256 = 'x'",
    "removed_at = uploaded_at", "removed_reason = 'x'",
])  # fmt: skip
def test_the_database_refuses_a_row_that_makes_no_sense(city: City, change: str) -> None:
    """Exactly one parent, a known kind, a removal whole or not at all: by CHECK on both databases."""
    add(city, "office1", city.task())
    with pytest.raises(IntegrityError), city.database.writing() as session:
        session.execute(text(f"UPDATE attachment SET {change}"))
    with city.database.writing() as session:
        assert session.execute(delete(Attachment)).rowcount == 1  # type: ignore[attr-defined]  # a cursor's result
