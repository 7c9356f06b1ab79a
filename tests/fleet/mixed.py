"""More work beside tasks and exports: money through its steps, a keeper's entries, files, remarks that name people."""

import hashlib
import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

from tests.city import City
from tests.fleet.calling import Posting, Said, Upload
from tests.fleet.load import Load
from tests.money import WAN, yuan

#: Who works in the mixed load, beside whoever asks for exports.
PEOPLE = ("office1", "tra_head", "tra_staff", "fin1", "fin2")
_SPEAKERS = ("office1", "tra_staff", "tra_head")
_NAMED = {"office1": "tra_head", "tra_staff": "office1", "tra_head": "tra_staff"}
_CREATED = 201
_FILE_BYTES_MAX = 48 * 1024
#: An item takes 200 files.
_FILES_AN_ITEM = 150


class MixedLoad(Load):
    """The load of tasks and exports, and `payers` threads of money, one keeper, two who upload, two who speak."""

    def __init__(
        self, city: City, ports: Sequence[int], tokens: dict[str, str], *, fund_id: int, seed: int,
        payers: int = 2, files: int = 1, tasks: int = 8, pause_seconds: float = 0.05,
    ) -> None:  # fmt: skip
        super().__init__(city, ports, tokens, groups=2, tasks=tasks, seed=seed, pause_seconds=pause_seconds)
        self.fund_id, self._rest_seconds = fund_id, pause_seconds
        self.projects = [city.project(f"项目{number}") for number in range(payers)]
        self.folders = [city.task(f"文件夹{number}") for number in range(files)]
        works: list[tuple[str, Callable[[random.Random], bool]]] = [
            (f"payer-{number}", self._make_payer(project)) for number, project in enumerate(self.projects)
        ]
        works += [("keeper", self._keep), ("files-1", self._upload), ("files-2", self._upload)]
        works += [("speaker-1", self._speak), ("speaker-2", self._speak)]
        self.threads += [
            threading.Thread(target=self._repeat, args=(name, work), name=name, daemon=True) for name, work in works
        ]

    def _repeat(self, name: str, work: Callable[[random.Random], bool]) -> None:
        """Work until told to end, or until something is answered that should not be."""
        chance = random.Random(f"{self.seed}{name}")  # noqa: S311  # a repeatable story, no secret
        while not self.stop.wait(chance.uniform(1, 3) * self._rest_seconds):
            if not work(chance):
                return

    def _make_payer(self, project: int) -> Callable[[random.Random], bool]:
        return lambda chance: self._pay(chance, project)

    def _pay(self, chance: random.Random, project: int) -> bool:
        """Ask for money, have it allocated, drawn, paid and accounted for; it may end anywhere when it is to end."""
        fen = chance.randint(1, 900) * WAN // 7
        body = {
            "project": project, "fund": self.fund_id, "title": f"申请{self.calls.number()}", "purpose": "采购与实施",
            "need": "现有设备不能联网", "amount": yuan(fen),
            "goals": [{"kind": "quantity", "indicator": "接入路口", "target": "120个"}],
        }  # fmt: skip
        status, answer = self.calls.post(chance, "tra_staff", "/allocations", body)
        if status != _CREATED:
            self.calls.note(f"draft: {status} {answer}")
            return False
        item = Money(self, chance, int(answer["id"]), int(answer["version"]))
        if not item.take("tra_staff", "submit", posts=("reserve", fen)) or not item.take("tra_head", "endorse"):
            return False
        if chance.random() < 0.2:  # one in five is taken back
            return item.take("tra_staff", "withdraw", {"reason": "需求变化"}, ("release", fen))
        if not item.take("fin1", "approve", posts=("commit", fen)):
            return False
        payee = {"instalment": "1", "account": "6222000000000001", "bank": "示例银行"}
        return item.take("tra_staff", "draw", payee) and self._spend(chance, item.item_id, fen)

    def _spend(self, chance: random.Random, allocation: int, fen: int) -> bool:
        status, answer = self.calls.get(chance, "tra_staff", f"/items/{allocation}")
        below = answer.get("children", [])
        if len(below) != 1:
            self.calls.note(f"allocation {allocation} was drawn once: {status}, {len(below)} payments")
            return False
        item = Money(self, chance, int(below[0]["id"]), int(below[0]["version"]))
        spent = {
            "amount": yuan(fen), "spent_on": "2026-03-02", "spent_for": "设备款", "voucher": f"票{item.item_id}",
            "receipts": "发票",
        }  # fmt: skip
        return (
            item.take("fin1", "check")
            and item.take("fin2", "pay", {"voucher": f"记{item.item_id}"}, ("pay", fen))
            and item.take("tra_staff", "report_spending", spent)
            and item.take("fin1", "accept_spending", posts=("spend", fen))
        )

    def _keep(self, chance: random.Random) -> bool:
        """Supplement the fund by a document of its own."""
        fen, basis = chance.randint(1, 99) * 100_003, f"市财文{self.calls.number()}"
        body = {"operation": "supplement", "year": 2026, "amount": yuan(fen), "basis": basis, "confirm": True}
        status, answer = self.calls.post(chance, "fin1", f"/funds/{self.fund_id}/postings", body)
        if status != _CREATED:
            self.calls.note(f"supplement: {status} {answer}")
            return False
        self.books.postings.append(Posting("supplement", fen, basis=basis))
        return True

    def _upload(self, chance: random.Random) -> bool:
        """Add a file that nobody else has."""
        number = self.calls.number()
        head = f"file {number}\n".encode()
        content = head + chance.randbytes(chance.randint(1, _FILE_BYTES_MAX) // 2).hex().encode()
        item = self.folders[len(self.books.uploads) // _FILES_AN_ITEM % len(self.folders)]
        name = f"文件{number}.txt"
        status, answer = self.calls.upload(chance, "office1", f"/items/{item}/attachments", name, content)
        if status != _CREATED:
            self.calls.note(f"upload: {status} {answer}")
            return False
        self.books.uploads.append(Upload(int(answer["id"]), item, name, hashlib.sha256(content).hexdigest()))
        return True

    def _speak(self, chance: random.Random) -> bool:
        """Write a remark that names somebody."""
        login, item = chance.choice(_SPEAKERS), chance.choice(self.tasks)
        text = f"@{_NAMED[login]} 第{self.calls.number()}条，请看"
        status, answer = self.calls.post(chance, login, f"/items/{item}/remarks", {"text": text})
        if status != _CREATED:
            self.calls.note(f"remark: {status} {answer}")
            return False
        self.books.said.append(Said(int(answer["id"]), item, text, _NAMED[login]))
        return True


class Money:
    """An allocation or a payment that goes its way, and the books of it."""

    def __init__(self, load: Load, chance: random.Random, item_id: int, version: int) -> None:
        self.item_id = item_id
        self._load, self._chance, self._version = load, chance, version
        self._steps = load.books.money.setdefault(item_id, [])

    def take(
        self, login: str, action: str, fields: dict[str, str] | None = None, posts: tuple[str, int] | None = None
    ) -> bool:  # fmt: skip
        """Take a step, which writes `posts` (operation, fen) into the ledger; whether it was taken."""
        answer: Any = self._load.step(self._chance, login, self.item_id, action, self._version, fields)
        if answer is None:
            return False
        self._version = int(answer["version"])
        self._steps.append(action)
        if posts is not None:
            self._load.books.postings.append(Posting(posts[0], posts[1], self.item_id))
        return True
