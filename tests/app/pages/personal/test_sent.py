"""How mail comes, kind by kind, and what became of one's own mails: on pages and in the API."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.services.message.choosing import KINDS
from app.services.message.topics import is_critical
from tests.app.pages.conftest import Visit
from tests.city import NOW, City
from tests.client import Caller
from tests.messaging import begin, deliver_at, give_addresses, mails, owe

Begin = Callable[[str], Visit]


def test_every_kind_that_cannot_be_switched_off_says_why() -> None:
    """What the page says is what the delivery does: fixed if and only if critical, and then with a reason."""
    for kind in KINDS:
        assert kind.is_fixed == is_critical(kind.topic, kind.level)
        assert (kind.why is not None) == kind.is_fixed, kind.name
    assert {kind.name for kind in KINDS if kind.is_fixed} == {
        "rung_high", "urge", "slip_red", "request", "account", "meeting",
    }  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_choice_is_shown_for_each_kind(city: City, visit: Begin, lang: str) -> None:
    """Fixed kinds stay fixed whatever is chosen; the others follow the choice."""
    del city
    visitor = visit("tra_head")
    visitor.get("/me/messages")
    visitor.post("/me/messages", mail="none")
    page = visitor.get(f"/me/messages?lang={lang}").text
    fixed = "即时，不能关闭" if lang == "zh" else "At once; cannot be switched off"
    assert page.count(fixed) == sum(kind.is_fixed for kind in KINDS)


def test_everybody_sees_their_own_mails(city: City, visit: Begin) -> None:
    """Sent, waiting until when, failed: one's own only."""
    give_addresses(city, "tra_head", "ene_head")
    begin(city)
    owe(city, f"U:{city.people['tra_head']}", "task.urge", item_id=city.task())
    deliver_at(city, NOW)
    assert len(mails(city)) == 1
    visitor = visit("tra_head")
    for address in ("/messages/sent", "/messages/sent?unsent=1"):
        page = visitor.get(address).text
        assert "tra_head@city.example" in page
        assert "LIANBAN_SMTP_URL" in page
    assert "没有邮件" in visit("ene_head").get("/messages/sent").text
    assert "没有未发出的邮件" in visit("ene_head").get("/messages/sent?unsent=1").text
    assert visitor.get("/messages/sent?after=broken").status_code == 422


def test_the_api_says_and_does_the_same(caller: Caller, city: City) -> None:
    """Choice and mails have their twins."""
    shown = caller.get("tra_head", "/messages/preference").json
    assert (shown["mail"], shown["has_address"]) == ("digest", False)
    assert {kind["name"]: kind["comes"] for kind in shown["kinds"]}["urge"] == "once"
    chosen = caller.post("tra_head", "/messages/preference", {"mail": "none"}).json
    assert {kind["name"]: kind["comes"] for kind in chosen["kinds"]}["step"] == "none"
    assert caller.post("tra_head", "/messages/preference", {"mail": "pigeon"}).status_code == 422
    give_addresses(city, "tra_head")
    begin(city)
    owe(city, f"U:{city.people['tra_head']}", "task.urge", item_id=city.task())
    deliver_at(city, NOW + timedelta(minutes=1))
    found = caller.get("tra_head", "/messages/mails?unsent=true").json["items"]
    assert [one["lines"] for one in found] == [1]
    assert caller.get("ene_head", "/messages/mails").json["items"] == []
