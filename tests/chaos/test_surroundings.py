"""What can fail really fails and comes back: both kinds of full disk, each mood of the mail server; and the figures."""

import errno
import os
import smtplib
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.chaos.ordeal import Story
from tests.chaos.report import write_table
from tests.chaos.run import Outcome
from tests.chaos.surroundings import SICK, ForbiddenDisk, Mood, open_disk, serve_moody_mail
from tests.fleet.calling import Books

#: Writes a block into a file for each line that comes, and says what became of it.
WRITER = """
import os, sys
place = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
for _ in sys.stdin:
    try:
        said = f"{os.write(place, bytes(4096))}"
    except OSError as error:
        said = f"error {error.errno}"
    print(said, flush=True)
"""
MEGABYTES = 4


@pytest.mark.parametrize("kind", ["as the machine lets", "forbidden"])
def test_a_disk_is_full_and_free_again(tmp_path: Path, kind: str) -> None:
    """Another process writes, cannot, and can again; the disk's own file is gone."""
    with open_disk(tmp_path / "disk", MEGABYTES) as given:
        disk = ForbiddenDisk(given.folder) if kind == "forbidden" else given
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(disk.folder / "file")], text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )  # fmt: skip
        disk.writers = lambda: (writer.pid,)
        with writer:
            assert writer.stdin is not None
            assert writer.stdout is not None
            told = []
            changes: tuple[Callable[[], object], ...] = (lambda: None, disk.fill, disk.free)
            for change in changes:
                change()
                writer.stdin.write("\n")
                writer.stdin.flush()
                told.append(writer.stdout.readline().strip())
            writer.stdin.close()
        assert told[0] == told[2] == "4096"
        assert told[1] in (f"error {errno.ENOSPC}", f"error {errno.EFBIG}")
        assert os.listdir(disk.folder) == ["file"]  # noqa: PTH208  # names are enough
    assert not os.path.ismount(tmp_path / "disk")


@pytest.mark.parametrize("mood", SICK)
def test_a_sick_mail_server_takes_no_mail_that_it_says_it_took(mood: Mood) -> None:
    """Each mood fails a sender in its way; well again it takes the mail."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = "a@city.example", "b@city.example", "<1@city.example>"
    with serve_moody_mail() as box:
        box.mood = mood
        with (
            pytest.raises((OSError, smtplib.SMTPException)),
            smtplib.SMTP("127.0.0.1", box.server.port, timeout=1) as smtp,
        ):
            smtp.send_message(mail)
        assert (len(box.mails), box.untold) == ((1, 1) if mood == "taking and cutting" else (0, 0))
        box.mood = "well"
        with smtplib.SMTP("127.0.0.1", box.server.port, timeout=10) as smtp:
            smtp.send_message(mail)
        assert len(box.mails) == 1 + box.untold


def test_figures_are_told_as_they_are() -> None:
    """The longest wait counts, from the end of a fault to the next answer; what never came to an answer has none."""
    books = Books(answered=[1.0, 2.0, 9.5], unanswered=3, broken=Counter({503: 2}))
    story = Story(
        Counter({"web killed": 2, "disk full": 1}), [("web killed", 1.5), ("web killed", 3.0), ("disk full", 9.6)]
    )
    assert story.find_waits(books) == {"web killed": 6.5}
    lines = list(write_table(Outcome(7, story, books, {"web": 2}, 0, seconds=90.0, faults=["odd"])))
    assert "| seed, minutes | 7, 1.5 | |" in lines
    assert "| SIGKILL of a web | 2 | 6.50 s |" in lines
    assert "| disk full | 1 | - |" in lines
    assert "| of them answered with 503 (2) | 2 | |" in lines
    assert "| found by the judge | 1 | |" in lines
