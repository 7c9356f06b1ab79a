"""What an issued paper carries so that anybody can check it: number, code, when and by which rules it was made."""

from dataclasses import dataclass
from datetime import datetime

from reports.wording import Words


@dataclass(frozen=True, slots=True)
class Proof:
    """The mark of an issued paper.

    `number` is the paper's document number, `version` 1 or the version that corrects an earlier one, `replaces` names
    that one. `address` is the page that says whether the paper is genuine, printed and as a QR code; `code` is typed
    there by hand. `data_at` (aware) is the instant that the data are of; `rules` and `template` name the versions.
    """

    number: str
    version: int
    code: str
    address: str
    issued_at: datetime
    data_at: datetime
    rules: str
    template: str
    replaces: Words | None = None
