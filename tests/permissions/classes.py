"""The classes of rules: for each, in plain words, who may, who is refused, for whom there is nothing to be found.

A rule's class says what every viewer gets: it is allowed, not found (404, as if it did not exist), refused (403) or
led to the log-in. Whether a step fits an item's state is the workflows' matter (docs/workflows/): what is allowed here
may still be answered with a reason why not now.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tests.permissions.viewers import VIEWERS, Case


class Cell(StrEnum):
    """What a viewer gets."""

    ALLOWED = "allowed"
    MISSING = "not found"
    REFUSED = "refused"
    LOG_IN = "log in"


Keys = frozenset[str]
EVERYBODY: Keys = frozenset(viewer.key for viewer in VIEWERS)
LOGGED_IN = EVERYBODY - {"anonymous"}
POSTED = LOGGED_IN - {"postless"}
OFFICE: Keys = frozenset({"clerk", "director"})
ADMIN: Keys = frozenset({"admin"})
HEADS: Keys = frozenset({"lead_head", "support_head", "foreign_head"})
CONCERNED: Keys = frozenset(
    {"lead_head", "assignee", "lead_staff", "lead_finance", "support_head", "support_staff", "support_finance"}
)
OVERSEERS: Keys = frozenset({"leader", "auditor"})
FINANCE: Keys = frozenset({"lead_finance", "support_finance", "foreign_finance"})
#: The department of these manages the fund of the table; that of the lead asks for its money.
FUND_KEEPERS: Keys = frozenset({"foreign_head", "foreign_finance"})
ASKING: Keys = frozenset({"lead_head", "assignee", "lead_staff"})
DRAFTING = ASKING | {"support_head", "support_staff"}
#: Who sits in the group of the table.
ASKED_TO_MEET: Keys = frozenset({"director", "lead_head", "support_head", "leader"})
FUND_READERS = OFFICE | CONCERNED | OVERSEERS | FUND_KEEPERS | {"foreign_staff"}
#: The heart of it: who reads an item. Everything else about items begins here.
READERS: Mapping[Case, Keys] = {
    Case.ORDINARY: OFFICE | CONCERNED | OVERSEERS,
    Case.CONFIDENTIAL: OVERSEERS | {"director", "lead_head", "assignee", "support_head", "named"},
}


@dataclass(frozen=True, slots=True)
class Class:
    """Rules that are alike: `allowed` and `refused` by case; anybody else who is logged in finds nothing.

    `changes` are those whose request may change something, where that is not everybody who is allowed;
    `leads_to_log_in`: whoever asks, the answer is the log-in.
    """

    key: str
    title: str
    said: str
    allowed: Mapping[Case, Keys]
    refused: Mapping[Case, Keys] = field(default_factory=dict)
    changes: Mapping[Case, Keys] | None = None
    leads_to_log_in: bool = False

    def cell(self, case: Case, viewer: str) -> Cell:
        """Return what a viewer gets."""
        if viewer in self.allowed[case]:
            return Cell.ALLOWED
        if viewer not in LOGGED_IN or self.leads_to_log_in:
            return Cell.LOG_IN
        return Cell.REFUSED if viewer in self.refused.get(case, ()) else Cell.MISSING

    def may_change(self, case: Case, viewer: str) -> bool:
        """Whether a viewer's request may change something."""
        return self.leads_to_log_in or viewer in (self.allowed if self.changes is None else self.changes)[case]


def _plain(key: str, title: str, said: str, allowed: Keys) -> Class:
    """Return a class of rules that concern no single thing: whoever may not is told so."""
    return Class(key, title, said, {Case.ANY: allowed}, {Case.ANY: LOGGED_IN - allowed})


def _of_items(key: str, title: str, said: str, allowed: Keys) -> Class:
    """Return a class of rules for some of an item's readers: the other readers are refused, the rest find nothing."""
    return Class(
        key, title, said, {case: readers & allowed for case, readers in READERS.items()},
        {case: readers - allowed for case, readers in READERS.items()},
    )  # fmt: skip


_OWN = {Case.OWN: LOGGED_IN, Case.FOREIGN: frozenset[str]()}

CLASSES = (
    _plain("public", "Open to everybody",
           "Open without a log-in: the log-in itself, whether the product runs, what the API looks like, style sheets"
           " and scripts. Nothing of the city's work is in it, but for one thing: whoever has the code of an issued"
           " paper is told whether it is genuine, what it is called unless it is restricted, and nothing of what stands"
           " in it.", EVERYBODY),
    _plain("secret", "Open to whoever holds the secret address",
           "A calendar feed is read by a program that cannot log in: its long secret address is its key. It shows what"
           " its person may read at that moment, ends when it is revoked, and is nobody's when the person has left.",
           EVERYBODY),
    Class("half_way", "The second step of a log-in",
          "The code, setting up a second factor, the provider's answer: only for whoever has just taken the first step"
          " in the same browser. Everybody else is led to the log-in, also who is logged in already.",
          {Case.ANY: frozenset()}, leads_to_log_in=True),
    Class("log_out", "Logging out", "Ends one's own session and leads to the log-in; without a session likewise.",
          {Case.ANY: frozenset()}, leads_to_log_in=True),
    _plain("everybody", "Everybody who is logged in",
           "What the whole city administration may know: departments, posts and people by name, the calendar of"
           " working days, the workflows, the project templates.", LOGGED_IN),
    _plain("scoped", "Lists: everybody, each sees only what they may read",
           "Lists, searches, counts, exports, overviews and the inbox open for everybody who is logged in and hold"
           " exactly the items (and documents) that the same person could open one by one. What one may not read is"
           " neither shown nor counted.", LOGGED_IN),
    _plain("self", "One's own account",
           "One's own password, sessions, tokens, feeds, drafts, views, messages and settings. There is no address by"
           " which to reach somebody else's.", LOGGED_IN),
    Class("own", "One's own things",
          "A message, a feed, a token, a saved view, a piece of long work: its own person's only. Somebody else's does"
          " not exist, for the office and administrators neither.", _OWN),
    Class("delegation", "A delegation",
          "Who stands in for whom is known to both sides, and to those who see it for the whole city: the office, the"
          " leadership group and auditors.", {**_OWN, Case.FOREIGN: OFFICE | OVERSEERS}),
    Class("report_delivery", "A report that a plan has made",
          "Opened by whoever was on the plan's list when it was made, as long as they hold a post, and by the office,"
          " which chose it. It holds what the office reads without confidential items. For everybody else it does not"
          " exist.",
          {Case.OWN: POSTED, Case.FOREIGN: OFFICE}, {Case.OWN: frozenset({"postless"})}),
    Class("delegation_step", "Accepting, declining and ending a delegation",
          "The substitute accepts or declines; both sides end it, and the office what it made for somebody else. For"
          " the rest of the office it is refused, for everybody else there is no such delegation.",
          _OWN, {Case.FOREIGN: OFFICE}),
    _plain("delegations", "Delegations of the whole city", "Who stands in for whom, now and ahead.",
           OFFICE | OVERSEERS),
    Class("own_posted", "One's own work, as long as one holds a post",
          "Beginning one's own work again, or fetching the file that it made, asks whether one still has a post.",
          {**_OWN, Case.OWN: POSTED}, {Case.OWN: frozenset({"postless"})}),
    _plain("posted", "Everybody with a post", "Asking for an export or a report needs a post.", POSTED),
    Class("reads", "Readers of the item",
          "An ordinary item is read by its lead and supporting departments (all their people), the assignee, the"
          " coordination office, the leadership group and auditors. A confidential one is read by the assignee, the"
          " heads of the departments concerned, the director of the office, readers who are named, the leadership group"
          " and auditors; the reading of these last two is on record. For everybody else the item does not exist."
          " What hangs on an item (history, plan, links, slips, requests, reminders, files) is read as the item is.",
          READERS),
    Class("reads_document", "Readers of the document",
          "A registered document is read by the coordination office (a confidential one by its director and whoever"
          " registered it), by readers who are named, the leadership group and auditors, and by who may read an item"
          " that was made from it. For everybody else it does not exist.", READERS),
    _of_items("office_step", "Steps of the office on an item",
              "Who takes which step stands in the workflow (docs/workflows/); the step tried here is the office's."
              " Readers whose step it is not are refused; for who may not read it, the item does not exist.", OFFICE),
    _of_items("remarks", "Writing remarks on an item",
              "Whoever may read an item may write remarks on it, and a mention may name only who may read it too."
              " Auditors change nothing. An internal note is written and read by the people of one's own department"
              " (and above it) alone; auditors read it. What is withdrawn, auditors alone read.",
              LOGGED_IN - {"auditor"}),
    _of_items("own_remark", "One's own remark", "Corrected (within fifteen minutes) and withdrawn by its author.",
              frozenset({"assignee"})),
    Class("copies", "Sending copies for information",
          "Sent by whoever the item waits for, its assignee, the head of the lead department and the office. Readers of"
          " a confidential item are named by the office alone. Whoever got a copy reads the item.",
          {Case.ORDINARY: OFFICE | {"lead_head", "assignee"}, Case.CONFIDENTIAL: frozenset({"director"})},
          {Case.ORDINARY: READERS[Case.ORDINARY] - OFFICE - {"lead_head", "assignee"},
           Case.CONFIDENTIAL: READERS[Case.CONFIDENTIAL] - {"director"}}),
    _of_items("archive", "The archive",
              "Closed items are archived by the office, and it says for how long they are kept; an unread copy is taken"
              " back by who sent it and by the office. Nobody writes to an archived item.", OFFICE),
    _of_items("unarchive", "Out of the archive", "The director of the office takes an item out of the archive.",
              frozenset({"director"})),
    Class("each", "One step on many items",
          "Each item is decided by itself, by the same rules as a single step; the answer tells what became of each."
          " An item that one may not read is answered as one that does not exist.",
          dict.fromkeys(READERS, LOGGED_IN), changes={case: readers & OFFICE for case, readers in READERS.items()}),
    _of_items("links", "Links of an item",
              "Laid and taken away by the coordination office, and by head and staff of the lead department.",
              OFFICE | {"lead_head", "assignee", "lead_staff"}),
    _of_items("files", "Files of an item", "Added by the departments concerned, the assignee and the office.",
              OFFICE | CONCERNED),
    _of_items("document_office", "Work of the office on a document",
              "Corrected, closed and given scans by those of the office who may read it; other readers are refused.",
              OFFICE),
    Class("office_document", "Office forms about a document",
          "Only the office has these forms at all: everybody else is refused, whether the document exists or not. Of a"
          " confidential document that a clerk may not read, there is nothing to be found.",
          {case: readers & OFFICE for case, readers in READERS.items()},
          dict.fromkeys(READERS, LOGGED_IN - OFFICE)),
    _plain("office", "The coordination office", "New tasks, documents and figures are made by the office.", OFFICE),
    Class("own_office", "What one of the office has just made",
          "What a batch made is shown for some days to whoever sent it.",
          {Case.FOREIGN: frozenset()}, {Case.FOREIGN: LOGGED_IN - OFFICE}),
    _plain("proposers", "Heads and the office", "Projects are proposed by heads of departments and by the office.",
           OFFICE | HEADS),
    Class("invitation", "One's own invitation to a meeting",
          "Whoever is asked to a meeting reads how, replies, and gets its entry for the calendar: here the heads who"
          " sit in the group, its leader, the director of the office. For everybody else there is no invitation, also"
          " where they read the meeting.", dict.fromkeys(READERS, ASKED_TO_MEET)),
    Class("wall", "The wall of a session, as it asks for itself",
          "Shown to the readers of the meeting; that the page was opened is on record, that it asks again is not.",
          READERS),
    _of_items("meeting_office", "Work of the office on groups, meetings and their series",
              "Who is asked and who came, the order of the agenda, what happens in session, notes that did not go"
              " round yet, decisions, answers to comments, series, forms about a group. Other readers are refused; for"
              " who may not read the group or the meeting, it does not exist.", OFFICE),
    Class("meeting_office_form", "Changes of groups and series, and earlier notes taken again",
          "For the office; everybody else is refused, whether the group or the meeting exists or not. Of a confidential"
          " one that a clerk may not read, there is nothing to be found.",
          {case: readers & OFFICE for case, readers in READERS.items()},
          dict.fromkeys(READERS, LOGGED_IN - OFFICE)),
    Class("office_hidden", "A list of the office alone",
          "What is to be completed is the office's own list: for everybody else there is no such page.",
          {Case.ANY: OFFICE}),
    Class("decision_form", "The form in which a decision is corrected",
          "For those of the office who may read the decision; for everybody else there is no such form.",
          {case: readers & OFFICE for case, readers in READERS.items()}),
    _of_items("topic_draft", "Proposing a topic",
              "Head and staff of any department, and the office, for a meeting that they may read. Whoever drafts a"
              " restricted topic reads it.", OFFICE | DRAFTING | {"named"}),
    _of_items("topic_change", "Correcting a topic",
              "Head and staff of the department that proposes it, while it is a draft or was returned.", ASKING),
    _of_items("minutes_comment", "Commenting on draft minutes",
              "Head and staff of the units that were asked to the meeting, from the first round until the issue; the"
              " office answers.", DRAFTING),
    _plain("fund_viewers", "Special funds: everybody with a post",
           "Funds, their rules and sums are known to everybody with a post (an administrator's is none): whoever asks"
           " for money must see what there is. Of the ledger and of the departments' parts the keepers, the office, the"
           " leadership group and auditors see everything, a department's people what is their own department's.",
           POSTED - ADMIN),
    _plain("fund_openers", "Whoever may keep funds",
           "Heads and finance staff open funds that their own department manages, close their years, export payment"
           " orders and import paid lists of these funds; of other departments' funds they get nothing there.",
           HEADS | FINANCE),
    _plain("fund_year_end", "The end of a fund's year, looked at",
           "What closing a year would do is shown of the funds whose ledger one sees.",
           HEADS | FINANCE | OFFICE | OVERSEERS),
    _plain("fund_keepers", "Who keeps a fund",
           "The finance staff and the head of the department that manages it: rules, years, entries of the budget.",
           FUND_KEEPERS),
    _plain("call_deciders", "Deciding a call for requests",
           "The head of the department that manages the fund; the leadership group where the cap reaches the fund's"
           " threshold. Never who made the proposal.", frozenset({"foreign_head"})),
    _plain("call_reviewers", "Scoring requests in a call",
           "The reviewers whom the call names, here the leadership group's; never their own department's requests.",
           frozenset({"leader"})),
    Class("call_entry", "Taking part in a call", "Head and staff of the department that asks.",
          {Case.ORDINARY: ASKING}, {Case.ORDINARY: (FUND_READERS - ASKING) | ADMIN | {"postless"}},
          {Case.ORDINARY: ASKING | OVERSEERS}),
    Class("call_proposal", "A proposal before the decision",
          "Keepers, reviewers, the leadership group and auditors; once decided it is open to everybody with a post.",
          {Case.ANY: FUND_KEEPERS | OVERSEERS}, {Case.ANY: ADMIN | {"postless"}}),
    Class("posting", "A posting of a fund's ledger",
          "Shown to whoever sees the ledger, to a department's people when it touches their department. The item behind"
          " it, its title and papers only to who may read the item.",
          {Case.ANY: FUND_KEEPERS | OFFICE | OVERSEERS}, {Case.ANY: ADMIN | {"postless"}}),
    Class("posting_reversal", "Reversing a posting", "For the fund's keepers; never for who posted it.",
          {Case.ANY: FUND_KEEPERS}, {Case.ANY: OFFICE | OVERSEERS | ADMIN | {"postless"}}),
    Class("allocation", "Readers of an allocation",
          "Read like its project, and by the department that manages the fund.", {Case.ORDINARY: FUND_READERS}),
    Class("allocation_change", "Correcting a request for money",
          "Head and staff of the department that asks, while it is a draft or was returned.",
          # The page of the refusal shows what was asked: an overseer's reading of it is on record.
          {Case.ORDINARY: ASKING}, {Case.ORDINARY: FUND_READERS - ASKING}, {Case.ORDINARY: ASKING | OVERSEERS}),
    Class("allocation_draft", "Asking for money under a project",
          "Head and staff of the project's lead and supporting departments.",
          {case: readers & DRAFTING for case, readers in READERS.items()},
          {case: readers - DRAFTING for case, readers in READERS.items()},
          {case: readers & (DRAFTING | OVERSEERS) for case, readers in READERS.items()}),
    _plain("keepers", "Who looks after the organisation",
           "The office and administrators see how the organisation is kept, load calendars and ledgers, add templates,"
           " and see whether the scheduler runs.", OFFICE | ADMIN),
    _plain("admins", "Administrators",
           "Departments, posts, people and passwords are changed by administrators only, as are webhooks and what could"
           " not be sent. An administrator reads no items by this office.", ADMIN),
    _plain("rule_viewers", "Drafts of rules",
           "The rules in force and their earlier versions are known to everybody; changes that are not published, and"
           " what they would touch, to the office, administrators, the leadership group and auditors. The items among"
           " it are those that the reader may read.", OFFICE | ADMIN | OVERSEERS),
    _plain("rule_drafters", "Drafting changes of rules", "The office and administrators draft and edit.",
           OFFICE | ADMIN),
    _plain("rule_publishers", "Publishing rules",
           "The office's director or the leadership group; never who wrote in the draft.",
           frozenset({"director", "leader"})),
    _plain("rule_enders", "Withdrawing a draft of rules", "Who may draft, and who may publish and does not.",
           OFFICE | ADMIN | {"leader"}),
    _plain("log", "Readers of the log",
           "The log of all acts is read by auditors, the leadership group and administrators, each as far as what"
           " they may know goes; reading it is itself on record.", OVERSEERS | ADMIN),
)  # fmt: skip
BY_KEY = {one.key: one for one in CLASSES}
