"""The pages of messages: unread first, the count in the bar, how mail comes, the administrator's log."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.app.pages.conftest import Visit
from tests.city import NOW, City
from tests.messaging import begin, deliver_at, give_addresses, inbox, mails, owe

Begin = Callable[[str], Visit]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_unread_first_then_read(city: City, visit: Begin, lang: str) -> None:
    """A message is opened through its button, which marks it; the bar counts what is unread."""
    begin(city)
    tasks = [city.task(f"任务{number}") for number in range(2)]
    for item_id in tasks:
        owe(city, f"U:{city.people['tra_head']}", "task.urge", item_id=item_id, payload={"reason": "<快>"})
    deliver_at(city, NOW)
    visitor = visit("tra_head")
    page = visitor.get(f"/messages?lang={lang}").text
    assert page.count('<span class="count">2</span>') == 2
    assert "&lt;快&gt;" in page
    newest = inbox(city, "tra_head")[1].id
    opened = visitor.post(f"/messages/{newest}/open")
    assert (opened.status_code, opened.location) == (303, f"/items/{tasks[1]}")
    page = visitor.get(f"/messages?lang={lang}").text
    assert page.index("任务0") < page.index("任务1")
    assert visitor.post(f"/messages/{inbox(city, 'tra_head')[0].id}/read").status_code == 303
    page = visitor.get(f"/messages?lang={lang}").text
    assert '<span class="count">' not in page
    assert visitor.post("/messages/999/read").status_code == 404


def test_all_that_was_shown_is_marked_read(city: City, visit: Begin) -> None:
    """What came after the page was shown stays unread."""
    begin(city)
    for number in range(2):
        owe(city, "OFFICE", item_id=city.task(f"任务{number}"))
    deliver_at(city, NOW)
    visitor = visit("office1")
    assert "全部标为已读" in visitor.get("/messages").text
    shown = str(inbox(city, "office1")[-1].id)
    owe(city, "OFFICE", item_id=city.task("新来的"), at=NOW)
    deliver_at(city, NOW)
    visitor.post("/messages/read-all", up_to=shown)
    page = visitor.get("/messages").text
    assert "已将2条消息标为已读。" in page
    assert '<span class="count">1</span>' in page


def test_an_empty_inbox_and_a_message_without_an_item(city: City, visit: Begin) -> None:
    """Nothing is said plainly; a message about no item stands by itself."""
    visitor = visit("pol_head")
    assert "没有消息" in visitor.get("/messages").text
    begin(city)
    owe(city, f"U:{city.people['pol_head']}", "calendar.missing", payload={"year": 2027})
    deliver_at(city, NOW)
    assert "2027年放假调休安排尚未导入" in visitor.get("/messages").text
    assert visitor.post(f"/messages/{inbox(city, 'pol_head')[0].id}/open").location == "/messages"


def test_long_inboxes_are_paged(city: City, visit: Begin) -> None:
    """More than a page of read messages continues behind a cursor."""
    begin(city)
    item_id = city.task()
    for number in range(60):
        owe(city, "OFFICE", f"task.step{number}", item_id=item_id, at=NOW + timedelta(seconds=number))
    deliver_at(city, NOW + timedelta(minutes=2))
    visitor = visit("office1")
    assert "只显示最新的未读消息" in visitor.get("/messages").text
    visitor.post("/messages/read-all")
    page = visitor.get("/messages").text
    address = page.split('rel="next" href="')[1].split('"')[0]
    later = visitor.get(address).text
    assert "回到开头" in later
    assert 'rel="next"' not in later


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_person_chooses_how_mail_comes(city: City, visit: Begin, lang: str) -> None:
    """The choice is kept; a wrong one is refused; who has no address is told."""
    visitor = visit("tra_head")
    page = visitor.get(f"/me/messages?lang={lang}").text
    assert 'value="digest" checked' in page
    assert ("没有登记邮箱" in page) == (lang == "zh")
    give_addresses(city, "tra_head")
    assert visitor.post("/me/messages", mail="none").status_code == 303
    page = visitor.get(f"/me/messages?lang={lang}").text
    assert 'value="none" checked' in page
    assert "note-yellow" not in page
    assert visitor.post("/me/messages", mail="pigeon").status_code == 422


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_administrators_log(city: City, visit: Begin, lang: str) -> None:
    """Unsent mails with their state, sent again by a button; held ones settled; nobody else may look."""
    give_addresses(city, "office1")
    owe(city, f"U:{city.people['office1']}", "task.urge", item_id=city.task())
    deliver_at(city, NOW + timedelta(days=4))
    assert visit("office1").get("/deliveries").status_code == 403
    visitor = visit("admin")
    page = visitor.get(f"/deliveries?lang={lang}").text
    assert "LIANBAN_SMTP_URL" in page
    assert "测试office1" in page
    assert visitor.post("/deliveries/held", decision="release").status_code == 303
    assert mails(city)[0].status == "queued"
    assert visitor.post("/deliveries/mail/1/resend").status_code == 303
    assert visitor.post("/deliveries/fax/1/resend").status_code == 404
    page = visitor.get(f"/deliveries?kind=mail&all=1&lang={lang}").text
    assert ("人工重发" in page) == (lang == "zh")
    assert visitor.get(f"/deliveries?kind=webhook&lang={lang}").status_code == 200
    assert visitor.get(f"/deliveries?kind=mail&after=broken&lang={lang}").status_code == 422
