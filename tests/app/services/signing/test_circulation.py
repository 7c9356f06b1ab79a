"""传签: a request that was referred goes before every seat of the leadership group; more than half decide it."""

import pytest
from sqlalchemy import text

from app.core.errors import ConflictError, ForbiddenError, InvalidError
from app.policy import access
from tests.app.services.acts import approved_project
from tests.app.services.signing.rule import outcomes, slots
from tests.app.services.signing.test_papers import paper
from tests.app.services.supervision.asking import ask, item
from tests.city import NOW, City

AGREE = {"verdict": "agree"}
REFUSE = {"verdict": "refuse", "remark": "工期已两次调整"}


@pytest.fixture
def request_id(city: City) -> int:
    """Give a project's request for more time that was referred, in a city with three leaders."""
    for login in ("leader2", "leader3"):
        city.add_person(login, ("OFF", "leader", False))
    project = approved_project(city)
    found = ask(city, "tra_head", project, "ask_extension", NOW, new_due_on="2027-03-01", reason="x", progress="x")
    city.do("office1", found, "refer")
    city.do("office1", found, "circulate")
    return found


def test_a_majority_grants_what_was_asked(city: City, request_id: int) -> None:
    """Two of three seats: approved, and the project's date moves."""
    assert [slot.post_id for slot in slots(city, request_id)] == [
        city.posts[x] for x in ("leader", "leader2", "leader3")
    ]
    assert city.do("leader", request_id, "sign", AGREE).answer["sign_off"] is None
    with pytest.raises(ConflictError):
        city.do("leader2", request_id, "approve")
    assert city.do("leader3", request_id, "sign", AGREE).answer["sign_off"] == "agreed"
    assert city.state(request_id) == "approved"
    assert str(item(city, item(city, request_id).parent_id).due_on) == "2027-03-01"


def test_refusals_are_counted(city: City, request_id: int) -> None:
    """One refusal ends nothing, the second leaves no majority: refused, with the reason."""
    assert city.do("leader2", request_id, "sign", REFUSE).answer["sign_off"] is None
    city.do("leader2", request_id, "take_signature_back")
    city.do("leader2", request_id, "sign", REFUSE)
    assert city.do("leader", request_id, "sign", REFUSE).answer["sign_off"] == "refused"
    assert city.state(request_id) == "refused"


def test_a_seat_passes_to_who_holds_it_next(city: City, request_id: int) -> None:
    """The seat's new holder signs; one round at a time runs; readers are as a rebuild has them."""
    with pytest.raises(ConflictError) as caught:
        city.do("office2", request_id, "circulate")
    assert caught.value.code == "cosigned"
    city.add_person("newcomer")
    with city.database.writing() as session:
        session.execute(
            text("UPDATE holding SET person_id = :new WHERE person_id = :old"),
            {"new": city.people["newcomer"], "old": city.people["leader"]},
        )
    city.do("newcomer", request_id, "sign", AGREE)
    assert city.do("leader2", request_id, "sign", AGREE).answer["sign_off"] == "agreed"
    assert outcomes(city, request_id) == ["agreed"]
    with city.database.reading() as session:
        assert access.compare(session.connection()) == []


def test_whose_task_it_is_cannot_be_circulated(city: City) -> None:
    """A department has to be chosen there, which a signature cannot do."""
    task = city.task()
    city.do("office1", task, "assign")
    found = ask(city, "tra_head", task, "dispute", NOW, reason="x")
    city.do("office1", found, "refer")
    with pytest.raises(ConflictError) as caught:
        city.do("office1", found, "circulate")
    assert caught.value.code == "needs_choice"


def test_the_hand_of_a_leader_on_paper(city: City, request_id: int) -> None:
    """圈阅: the office enters what two leaders wrote, another of it confirms; who circulated it confirms none."""
    for leader in ("leader", "leader2"):
        city.do("office1", request_id, "record_paper", paper(city, request_id, leader))
    with pytest.raises(ForbiddenError):
        city.do("office1", request_id, "confirm_paper", {"slot": 1})
    with pytest.raises(InvalidError) as which:
        city.do("office2", request_id, "confirm_paper", {})
    assert [fault.field for fault in which.value.faults] == ["slot"]
    assert city.do("office2", request_id, "confirm_paper", {"slot": 1}).answer["sign_off"] is None
    assert city.do("office2", request_id, "confirm_paper", {"slot": 2}).answer["sign_off"] == "agreed"
    assert city.state(request_id) == "approved"
