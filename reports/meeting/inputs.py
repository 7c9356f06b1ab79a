"""What the papers of a meeting are made from: plain frozen values, already cut to what the reader may read.

Texts are in the reader's language or as they were entered; instants are aware and carry the city's zone. `made_at`
is the data time: it dates the document, nothing is taken from the clock. `identifier` names the paper in its file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from reports.wording import Lang

__all__ = ["AgendaLine", "Attender", "BundleInput", "Change", "Contact", "Decision", "Invited", "MinutesInput",
           "MinutesItem", "MinutesState", "NoticeInput", "NoticeKind", "Paper", "Replaced", "SheetInput", "SheetRow",
           "Vote"]  # fmt: skip

MinutesState = Literal["draft", "comment", "issued"]
NoticeKind = Literal["first", "changed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Attender:
    """A person of the record: 出席, 请假 or 列席, by unit and name.

    `stands_in_for`: the member whose place the person takes (marked 代). `reason`: why on leave. `recused_from`:
    what the person kept out of (回避), such as "第二项议题"; empty: of nothing. Leave `unit` empty for leaders named
    by name alone.
    """

    unit: str
    name: str
    post: str = ""
    stands_in_for: str = ""
    reason: str = ""
    recused_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vote:
    """A vote as counted, and what it came to in words, such as "通过"."""

    in_favour: int
    against: int
    abstained: int
    result: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided; one that is not for information has a lead and a due date, else the minutes say so.

    `label` is a short heading such as "统一接口标准"; `task_number` the number of the task made from it, empty
    before the minutes are issued; `task_title` what stands in the table of tasks, `text` when empty.
    """

    text: str
    label: str = ""
    lead: str = ""
    supporting: tuple[str, ...] = ()
    due_on: date | None = None
    criteria: str = ""
    is_information: bool = False
    task_number: str = ""
    task_title: str = ""


@dataclass(frozen=True, slots=True)
class MinutesItem:
    """An item of the agenda as minuted: paragraphs of discussion, the vote where one was taken, the decisions.

    `outcome` is a sentence for an item without decisions, such as "本议题延至下次会议审议。". `number` is its number
    on the agenda, which stays when confidential items are left out; 0: its place among the items.
    """

    title: str
    discussion: tuple[str, ...] = ()
    vote: Vote | None = None
    decisions: tuple[Decision, ...] = ()
    outcome: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Replaced:
    """The issued version that a corrected one replaces, and why."""

    number: str
    issued_on: date
    reason: str
    version: int = 1


@dataclass(frozen=True, slots=True)
class MinutesInput:
    r"""Minutes of one meeting.

    `mark` is the red name, "云州市智慧城市领导小组会议纪要"; `number` "〔2026〕5号" or "第5期", empty before issue.
    `title` stands over the text; its lines may be broken by hand with "\\n". `opening` replaces the paragraph that is
    otherwise written from place, time, chair and meeting. `state` other than issued prints 草稿 or 征求意见稿 in the
    number's place and on each page. `held_back` counts the confidential items that the caller left out.
    """

    lang: Lang
    mark: str
    number: str
    issuer: str
    title: str
    meeting: str
    place: str
    starts_at: datetime
    chair: str
    items: tuple[MinutesItem, ...]
    made_at: datetime
    identifier: str
    state: MinutesState = "issued"
    issued_on: date | None = None
    signed_by: str = ""
    ends_at: datetime | None = None
    opening: str = ""
    present: tuple[Attender, ...] = ()
    on_leave: tuple[Attender, ...] = ()
    observers: tuple[Attender, ...] = ()
    copies_to: tuple[str, ...] = ()
    replaces: Replaced | None = None
    version: int = 1
    held_back: int = 0
    closing: str = ""


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """A line of the agenda: its number as shown, title, time where set, who presents, who observes for it alone."""

    number: str
    title: str
    starts_at: datetime | None = None
    minutes: int | None = None
    presenter: str = ""
    observers: tuple[str, ...] = ()
    sought: str = ""


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is asked to come: a unit, and the person or post."""

    unit: str
    who: str = ""
    is_observer: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask."""

    name: str
    phone: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a changed notice changes: "时间", old value, new value."""

    what: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class NoticeInput:
    """A notice of a meeting 会议通知: first, changed (with what changed and why) or cancelled (with why).

    `addressee` stands over the text, "各成员单位" or one unit. `reply_by` None: no reply is asked.
    """

    lang: Lang
    issuer: str
    number: str
    meeting: str
    addressee: str
    starts_at: datetime
    place: str
    chair: str
    agenda: tuple[AgendaLine, ...]
    issued_on: date
    made_at: datetime
    identifier: str
    ends_at: datetime | None = None
    invited: tuple[Invited, ...] = ()
    reply_by: datetime | None = None
    reply_how: str = ""
    papers: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    contact: Contact | None = None
    kind: NoticeKind = "first"
    reason: str = ""
    changes: tuple[Change, ...] = ()
    held_back: int = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the bundle. `read` returns the file's bytes; it is called once, one paper after another.

    `media_type` is what the store found the content to be; `agenda_number` the line to which it belongs, empty for a
    paper of the whole meeting; `size` the bytes, for the list of what cannot be printed.
    """

    title: str
    file_name: str
    media_type: str
    read: Callable[[], bytes]
    size: int = 0
    agenda_number: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class BundleInput:
    """The papers of a meeting for one participant, without what that participant may not read.

    `held_back` counts papers left out; it is printed only when above 0. `page_cap` bounds the pages of papers; what
    passes it is named and left to the attachment.
    """

    lang: Lang
    meeting: str
    unit: str
    name: str
    starts_at: datetime
    place: str
    issuer: str
    agenda: tuple[AgendaLine, ...]
    papers: tuple[Paper, ...]
    made_at: datetime
    identifier: str
    post: str = ""
    ends_at: datetime | None = None
    chair: str = ""
    held_back: int = 0
    page_cap: int = 800


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of the attendance sheet; `remark` such as "代 唐亮" or "列席第二项"."""

    unit: str
    name: str
    post: str = ""
    is_observer: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class SheetInput:
    """An attendance sheet 签到表; `blank_rows` are left for who comes unannounced."""

    lang: Lang
    meeting: str
    starts_at: datetime
    place: str
    issuer: str
    rows: tuple[SheetRow, ...]
    made_at: datetime
    identifier: str
    blank_rows: int = 3
