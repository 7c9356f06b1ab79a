"""Acceptance criteria: each is answered with a text and files of the item, and the refusal names those that are not."""

from typing import Any

import pytest
from sqlalchemy import insert, select

from app.core.errors import ConflictError, InvalidError
from app.models.attachment import Attachment
from app.models.record import History
from app.queries.item_detail import CriterionRow, find_item
from app.services.attachment.removing import remove_attachment
from tests.app.services.on_item.adding import act_as
from tests.city import NOW, City


def task_with_criteria(city: City) -> int:
    """Return a task at work that asks for two things."""
    task = city.task(criteria=("接口联调通过", "形成测试报告"), assignee_id=city.people["tra_staff"])
    city.do("office1", task, "assign")
    city.do("tra_head", task, "receive")
    city.do("tra_staff", task, "start")
    return task


def add_file(city: City, item_id: int, name: str = "报告.pdf") -> int:
    """Hang a file on an item."""
    with city.database.writing() as session:
        return int(
            session.execute(
                insert(Attachment)
                .values(
                    item_id=item_id, name=name, media_type="application/pdf", size_bytes=10, sha256="0" * 64,
                    kind="evidence", uploaded_by=city.people["tra_staff"], uploaded_at=NOW,
                )
                .returning(Attachment.id)
            ).scalar_one()
        )  # fmt: skip


def submit(city: City, task: int, **answers: Any) -> None:  # noqa: ANN401  # answers as the API takes them
    """Submit with answers named `a1`, `a2`."""
    given = {name.removeprefix("a"): answer for name, answer in answers.items()}
    city.do("tra_staff", task, "submit", {"evidence": "见附件", "answers": given})


def criteria(city: City, login: str, task: int) -> tuple[CriterionRow, ...]:
    """Return a task's criteria as somebody reads them."""
    with city.database.reading() as unit:
        return find_item(unit.connection(), act_as(city, login).readers, task, NOW.date()).criteria


def test_each_criterion_is_answered_with_text_and_files(city: City) -> None:
    """The reviewer reads criterion, answer and files together; the step's record keeps both."""
    task = task_with_criteria(city)
    first, second = add_file(city, task), add_file(city, task, "截图.png")
    submit(city, task, a1={"text": "已通过", "files": [first, second]}, a2="报告已附")
    one, two = criteria(city, "office1", task)
    assert (one.wanted, one.answer, one.files) == ("接口联调通过", "已通过", (first, second))
    assert (two.answer, two.files) == ("报告已附", ())
    with city.database.reading() as unit:
        data = unit.execute(
            select(History.data).where(History.item_id == task, History.action == "submit")
        ).scalar_one()
    assert data["answers"] == {"1": "已通过", "2": "报告已附"}
    assert data["answer_files"] == {"1": [first, second]}


@pytest.mark.parametrize("second", [None, "  ", {"text": " ", "files": []}])
def test_what_is_unanswered_is_named(city: City, second: Any) -> None:  # noqa: ANN401  # an answer
    """409 with the criterion's number and text, in both languages; nothing is written."""
    task = task_with_criteria(city)
    answers = {"a1": "已通过"} | ({} if second is None else {"a2": second})
    with pytest.raises(ConflictError) as error:
        submit(city, task, **answers)
    assert error.value.code == "criteria_answered"
    assert "第2条“形成测试报告”" in error.value.sentence.zh
    assert "no. 2" in error.value.sentence.en
    assert "接口联调通过" not in error.value.sentence.zh
    assert [row.answer for row in criteria(city, "office1", task)] == [None, None]


def test_evidence_is_a_file_of_the_item_itself(city: City) -> None:
    """Case: the id of a file on another task, one taken away, one that is none: refused, nothing is submitted."""
    task, other = task_with_criteria(city), city.task("别的任务", lead="POL")
    foreign, gone = add_file(city, other), add_file(city, task)
    with city.database.writing() as session:
        remove_attachment(
            session.connection(), city.people["tra_staff"], NOW, NOW.date(), gone, "传错了", source="test"
        )
    for file_id in (foreign, gone, 999_999):
        with pytest.raises(InvalidError) as error:
            submit(city, task, a1={"text": "已通过", "files": [file_id]}, a2="报告已附")
        assert [fault.field for fault in error.value.faults] == ["answers"]
    assert city.state(task) == "in_progress"


@pytest.mark.parametrize(
    "answer", [{"text": "x", "files": "7"}, {"text": "x", "files": [True]}, {"text": "x", "more": 1}, ["x"], 7]
)
def test_a_malformed_answer_is_a_fault(city: City, answer: Any) -> None:  # noqa: ANN401  # outside input
    """422 or 409, never a failure of ours."""
    task = task_with_criteria(city)
    with pytest.raises((InvalidError, ConflictError)):
        submit(city, task, a1=answer, a2="y")
    assert city.state(task) == "in_progress"


def test_answered_anew_the_new_files_take_the_place_of_the_old(city: City) -> None:
    """Returned and submitted again: an answer that names files replaces them, a bare text leaves them."""
    task = task_with_criteria(city)
    first, second = add_file(city, task), add_file(city, task, "新版.pdf")
    submit(city, task, a1={"text": "一", "files": [first]}, a2={"text": "二", "files": [first]})
    city.do("office1", task, "return", {"reason": "请补充"})
    submit(city, task, a1={"text": "一改", "files": [second]}, a2="二改")
    one, two = criteria(city, "office1", task)
    assert (one.answer, one.files) == ("一改", (second,))
    assert (two.answer, two.files) == ("二改", (first,))
