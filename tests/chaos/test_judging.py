"""The judge after chaos finds each kind of broken promise and names it, and nothing in a city where all was kept."""

import hashlib
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core.mail import MailServer
from tests.app.api.test_attachment import upload
from tests.app.edge.seal.tampering import tampering
from tests.chaos.judging import find_faults, find_wrong_bytes, run_checks
from tests.city import NOW, City
from tests.client import Caller
from tests.databases import SECRET_KEY, ring_path
from tests.fleet.calling import Books, Posting, Said, Upload
from tests.messaging import begin, deliver_at, give_addresses
from tests.money import WAN, Treasury
from tests.outside import Postbox, serve_mail
from tests.serving import serve_whole

CONTENT = "会议记录\n".encode() * 100
#: A key that was taken, and whose answer was lost.
LEFT = """INSERT INTO idempotency (actor_id, key, request_sha256, created_at)
          VALUES (1, 'left', 'x', '2026-03-02 02:00:00')"""
TABLES = ("fund_posting", "fund_entry", "history", "audit")


@pytest.fixture
def books(city: City, caller: Caller) -> Books:
    """Give the books of a small life: money that was paid and accounted for, a task, a file, a remark."""
    begin(city)
    books = Books()
    treasury = Treasury.found(city, 100 * WAN)
    books.postings.append(Posting("appropriate", 100 * WAN, basis="市财〔2026〕2号"))
    allocation = treasury.allocated(7 * WAN)
    payment = treasury.paid(allocation)
    treasury.spent(payment, 7 * WAN)
    books.money[allocation] = ["submit", "endorse", "approve", "draw"]
    books.money[payment] = ["check", "pay", "report_spending", "accept_spending"]
    for operation, item in (("reserve", allocation), ("commit", allocation), ("pay", payment), ("spend", payment)):
        books.postings.append(Posting(operation, 7 * WAN, item))
    task = city.task()
    city.do("office1", task, "assign")
    books.steps[task] = [("assign", city.version(task))]
    added = upload(caller, "office1", f"/items/{task}/attachments", CONTENT, "记录.txt").json
    books.uploads.append(Upload(added["id"], task, "记录.txt", hashlib.sha256(CONTENT).hexdigest()))
    written = caller.post("office1", f"/items/{task}/remarks", {"text": "@tra_head 请看"}).json
    books.said.append(Said(written["id"], task, "@tra_head 请看", "tra_head"))
    return books


@pytest.fixture
def box(city: City, books: Books) -> Iterator[Postbox]:
    """Give a server that took the mails of that life."""
    assert books.said
    give_addresses(city)
    with serve_mail() as box:
        deliver_at(city, NOW, box.server)
        deliver_at(city, NOW.replace(day=3), box.server)
        yield box


def test_where_all_was_kept_nothing_is_found(city: City, books: Books, box: Postbox) -> None:
    """A quiet life has no fault, and there was mail in it."""
    assert box.mails
    assert find_faults(city, books, box, 0) == []


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("DELETE FROM fund_posting WHERE operation = 'pay'", "posting lost: Posting(operation='pay'"),
        ("UPDATE fund_entry SET amount_fen = amount_fen + 1 WHERE id = (SELECT max(id) FROM fund_entry)",
         "posting lost: Posting(operation='spend'"),
        ("UPDATE fund_account SET balance_fen = balance_fen + 1 WHERE kind = 'spent'", "account spent: 7000001 fen"),
        ("UPDATE fund_posting SET seq = 77 WHERE operation = 'spend'", "the postings' numbers have gaps"),
        ("DELETE FROM history WHERE action = 'pay'", "promised ['check', 'pay', 'report_spending', 'accept_spending']"),
        ("DELETE FROM attachment", "file lost: "),
        ("UPDATE attachment SET name = 'x.txt'", "file not promised: "),
        ("UPDATE remark SET text = 'other'", "remark not promised: "),
        ("DELETE FROM message WHERE topic = 'remark.mention'", "mention in remark 1: 0 messages"),
        ("UPDATE message SET topic = 'remark.mention', payload = '{\"remark\": 9}' WHERE topic = 'task.assign'",
         "mention not promised: (9, "),
        ("UPDATE mail SET status = 'held', sent_at = NULL WHERE id = (SELECT min(id) FROM mail WHERE status = 'sent')",
         "is not sent: held after 1 attempts"),
        ("DELETE FROM delivery_attempt", "recorded 0 times"),
        (LEFT, "key left has no answer"),
    ],
)  # fmt: skip
def test_harm_is_found(city: City, books: Books, box: Postbox, harm: str, said: str) -> None:
    """What a crash could leave behind in the tables is named."""
    with tampering(city.database, TABLES) as connection:
        connection.execute(text(harm))
    found = find_faults(city, books, box, 0)
    assert any(said in fault for fault in found), found


def test_what_was_not_promised_and_what_came_again_is_found(city: City, books: Books, box: Postbox) -> None:
    """A posting too many, a mail that came again more often than processes were cut off, one from nowhere."""
    books.postings.pop()
    box.mails.append(box.mails[0])
    stranger = EmailMessage()
    stranger["Message-ID"] = "<from-nowhere@city.example>"
    found = find_faults(city, books, box, 0)
    assert any("posting not promised: Posting(operation='spend'" in fault for fault in found)
    assert "1 mails came unrecorded, 0 can have been cut off" in found
    assert not any("unrecorded" in fault for fault in find_faults(city, books, box, 1))
    box.mails.append(("office1@city.example", stranger))
    assert "mail from-nowhere came and is not known" in find_faults(city, books, box, 1)
    missing = Postbox(MailServer("127.0.0.1", 1))
    assert any("came 0 times" in fault for fault in find_faults(city, books, missing, 0))


def test_altered_bytes_are_found(caller: Caller, books: Books, tmp_path: Path) -> None:
    """Other bytes than were sent, and a file that lost its bytes."""
    server = serve_whole(caller.app)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        port, token = server.server_port, caller.token("office1")
        assert find_wrong_bytes(books, port, token) == []
        (one,) = books.uploads
        other = Upload(one.attachment_id, one.item_id, one.name, "0" * 64)
        wrong = Books(uploads=[other])
        assert find_wrong_bytes(wrong, port, token) == [f"file {one.attachment_id}: other bytes than were sent"]
        (kept,) = (path for path in (tmp_path / "files").rglob(one.sha256) if path.is_file())
        kept.write_bytes(kept.read_bytes()[:-1] + b"x")
        assert [fault.partition(":")[0] for fault in find_wrong_bytes(books, port, token)] == [
            f"file {one.attachment_id}"
        ]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_products_own_checks_are_run_and_heard(city: City, database_url: str, books: Books, tmp_path: Path) -> None:
    """A harmed ledger, table of readers and log are each told by name; the rest ends with 0."""
    assert books.postings
    env = {
        "LIANBAN_DATABASE_URL": database_url, "LIANBAN_VAR": str(tmp_path), "LIANBAN_SECRET_KEY": SECRET_KEY,
        "LIANBAN_DATA_KEYS": str(ring_path()),
    }  # fmt: skip
    assert run_checks(env, ("audit seal",)) == []
    with tampering(city.database, TABLES) as connection:
        connection.execute(text("UPDATE fund_account SET balance_fen = balance_fen + 1 WHERE kind = 'spent'"))
        connection.execute(text("DELETE FROM item_access WHERE item_id = 1"))
        connection.execute(text("UPDATE audit SET action = 'other' WHERE id = 1"))
    found = [fault.partition(":")[0] for fault in run_checks(env)]
    assert found == ["flask fund check", "flask access check", "flask audit verify"]
