"""GET /inbox, /messages: only one's own, newest first, read once; administrators' webhooks and delivery log."""

from datetime import timedelta
from pathlib import Path

from app.edge.sending import make_tools
from app.jobs.delivery import deliver
from app.policy.access import refresh
from tests.city import NOW, City
from tests.client import Caller
from tests.messaging import begin, deliver_at, give_addresses, mails, owe


def test_the_inbox_shows_the_work_that_waits(caller: Caller, city: City) -> None:
    """DESIGN 6: GET /inbox: what waits for the caller, nothing of others."""
    item_id = city.task()
    city.do("office1", item_id, "assign")
    found = caller.get("tra_head", "/inbox").json
    assert [(row["id"], row["state"], row["owes_signature"]) for row in found["items"]] == [
        (item_id, "assigned", False)
    ]
    assert caller.get("pol_head", "/inbox").json["items"] == []
    assert caller.get("tra_head", "/inbox?limit=0").status_code == 422


def test_messages_are_paged_and_read(caller: Caller, city: City) -> None:
    """Own messages by keyset, the unread ones by a filter; reading is idempotent and nobody else's business."""
    begin(city)
    for number in range(5):
        owe(city, f"U:{city.people['tra_head']}", item_id=city.task(f"任务{number}"), payload={"reason": "快"})
    deliver_at(city, NOW)
    first = caller.get("tra_head", "/messages?limit=2").json
    assert [row["item"]["title"] for row in first["items"]] == ["任务4", "任务3"]
    assert first["items"][0]["text"] == {"zh": "任务交办：快", "en": "Task: assign: 快"}
    second = caller.get("tra_head", f"/messages?limit=2&cursor={first['next_cursor']}").json
    assert [row["item"]["title"] for row in second["items"]] == ["任务2", "任务1"]
    message_id = first["items"][0]["id"]
    assert caller.post("pol_head", f"/messages/{message_id}/read").status_code == 404
    for _ in range(2):
        assert caller.post("tra_head", f"/messages/{message_id}/read").status_code == 200
    assert len(caller.get("tra_head", "/messages?unread=true").json["items"]) == 4
    seen = second["items"][0]["id"]
    assert caller.post("tra_head", "/messages/read-all", {"up_to": seen}).json == {"read": 3}
    assert caller.post("tra_head", "/messages/read-all").json == {"read": 1}
    assert caller.get("tra_head", "/messages?cursor=broken").status_code == 422


def test_p12_a_message_about_what_one_may_no_longer_read_is_hidden(caller: Caller, city: City) -> None:
    """P12: the inbox itself tells nothing of an item that was taken away."""
    begin(city)
    item_id = city.task(supports=("ENE",))
    owe(city, f"H:{city.departments['ENE']}", item_id=item_id)
    deliver_at(city, NOW)
    assert len(caller.get("ene_head", "/messages").json["items"]) == 1
    with city.database.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM support")
        refresh(session.connection(), [item_id])
    assert caller.get("ene_head", "/messages").json["items"] == []


def test_webhooks_are_for_administrators(caller: Caller, city: City) -> None:
    """Listed, made, tested, disabled by administrators alone; P99: an inside address is refused at saving."""
    assert city
    assert caller.get("office1", "/webhooks").status_code == 403
    assert caller.post("office1", "/webhooks", {"url": "http://93.184.216.34/"}).status_code == 403
    for url in ("http://127.0.0.1", "http://169.254.169.254/", "http://[::ffff:10.0.0.1]/", "http://0x7f000001/",
                "http://2130706433/", "file:///etc/passwd"):  # fmt: skip
        refused = caller.post("admin", "/webhooks", {"url": url})
        assert (refused.status_code, refused.json["faults"][0]["field"]) == (422, "url")
    made = caller.post(
        "admin", "/webhooks", {"url": "http://93.184.216.34/in", "topics": ["task.*"]}, Idempotency_Key="k1"
    )
    again = caller.post(
        "admin", "/webhooks", {"url": "http://93.184.216.34/in", "topics": ["task.*"]}, Idempotency_Key="k1"
    )
    assert (made.status_code, made.json) == (201, again.json)
    assert len(made.json["secret"]) >= 32
    bad = caller.post(
        "admin", "/webhooks", {"url": "http://93.184.216.34/", "topics": ["Ä", "x" * 50], "secret": "short"}
    )
    assert (bad.status_code, len(bad.json["faults"])) == (422, 3)
    rows = caller.get("admin", "/webhooks").json["items"]
    assert [(row["url"], row["topics"], row["is_active"]) for row in rows] == [
        ("http://93.184.216.34/in", ["task.*"], True)
    ]
    assert "secret" not in rows[0]
    path = f"/webhooks/{made.json['id']}"
    assert caller.post("admin", f"{path}/test").status_code == 200
    assert [caller.post("admin", f"{path}/disable").status_code for _ in range(2)] == [200, 200]
    assert caller.post("admin", f"{path}/test").status_code == 404
    assert caller.post("admin", "/webhooks/99/disable").status_code == 404
    assert caller.get("admin", "/deliveries?kind=webhook&unsent=false").json["items"][0]["status"] == "muted"


def test_the_delivery_log_and_its_repetitions(caller: Caller, city: City, tmp_path: Path) -> None:
    """The administrator sees what was not sent and sends it again; nobody else does."""
    assert tmp_path
    give_addresses(city, "office1")
    begin(city)
    owe(city, f"U:{city.people['office1']}", "task.urge", item_id=city.task())
    deliver(make_tools(caller.context), NOW)
    assert caller.get("office1", "/deliveries").status_code == 403
    row = caller.get("admin", "/deliveries").json["items"][0]
    assert (row["status"], row["to"], row["lines"], row["attempts"]) == ("off", "测试office1", 1, [])
    path = f"/deliveries/mail/{row['id']}/resend"
    assert caller.post("office1", path).status_code == 403
    assert caller.post("admin", "/deliveries/fax/1/resend").status_code == 404
    assert caller.post("admin", "/deliveries/mail/99/resend").status_code == 404
    first, second = (caller.post("admin", path).json["id"] for _ in range(2))
    assert first == second
    caller.clock.set(NOW + timedelta(seconds=2))
    assert caller.post("admin", path).json["id"] != first
    assert [one.status for one in mails(city)] == ["replaced", "queued", "queued"]
    assert caller.get("admin", "/deliveries?kind=mail&limit=1").json["next_cursor"]
    assert caller.post("admin", "/deliveries/held", {"decision": "release"}).json == {"mails": 0, "webhooks": 0}
    assert caller.post("admin", "/deliveries/held", {"decision": "no"}).status_code == 422


def test_the_inbox_is_paged_and_tells_what_may_be_done(caller: Caller, city: City) -> None:
    """Issue 4 no. 3: cursor, filters, moves and consequence as on the page."""
    ids = [city.task(f"任务{number}") for number in range(3)]
    for item_id in ids:
        city.do("office1", item_id, "assign")
    first = caller.get("tra_head", "/inbox?limit=2").json
    second = caller.get("tra_head", f"/inbox?limit=2&cursor={first['next_cursor']}").json
    assert [row["id"] for row in (*first["items"], *second["items"])] == ids
    assert second["next_cursor"] is None
    assert "receive" in [move["action"] for move in first["items"][0]["moves"]]
    assert first["items"][0]["consequence"]["level"] >= 1
    assert caller.get("tra_head", "/inbox?kind=project").json["items"] == []
    assert [row["id"] for row in caller.get("tra_head", "/inbox?q=任务1").json["items"]] == [ids[1]]
    assert caller.get("tra_head", "/inbox?cursor=broken").status_code == 422


def test_many_items_at_once_each_with_its_answer(caller: Caller, city: City) -> None:
    """PEERS 27: one refusal holds up no other; the key derives one per item, a repetition changes nothing."""
    ids = [city.task(f"任务{number}") for number in range(2)]
    for item_id in ids:
        city.do("office1", item_id, "assign")
    body = {"action": "receive", "items": [{"id": ids[0], "version": 2}, {"id": ids[1], "version": 1}, {"id": 99999}]}
    for _ in range(2):
        answer = caller.post("tra_head", "/actions", body, Idempotency_Key="many")
        assert answer.status_code == 200
        found = [(row["id"], row["status"], row["code"], row["state"]) for row in answer.json["items"]]
        assert found == [
            (ids[0], 200, "done", "received"), (ids[1], 412, "version_stale", None), (99999, 404, "not_found", None),
        ]  # fmt: skip
    assert answer.json["items"][1]["problem"]["current_version"] == 2
    assert city.version(ids[0]) == 3
    assert caller.post("pol_head", "/actions", body).json["items"][0]["status"] == 404
    many = {"action": "receive", "items": [{"id": 1, "version": 1}] * 101}
    assert caller.post("tra_head", "/actions", many).status_code == 422
    assert caller.post("tra_head", "/actions", {"items": [{"id": 0}], "action": ""}).status_code == 422
