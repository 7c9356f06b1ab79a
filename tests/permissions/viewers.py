"""Everybody as whom the table is tried: who they are in the made-up city."""

from dataclasses import dataclass
from enum import StrEnum


class Case(StrEnum):
    """What a rule is tried on: nothing in particular, an item of a kind, a thing of one's own or somebody else's."""

    ANY = "any"
    ORDINARY = "ordinary"
    CONFIDENTIAL = "confidential"
    OWN = "own"
    FOREIGN = "somebody else's"


@dataclass(frozen=True, slots=True)
class Viewer:
    """A column of the table: a key, the words for people, the log-in in the made-up city ("" for nobody)."""

    key: str
    said: str
    login: str


#: TRA leads the items of the city, ENE supports, POL has nothing to do with them.
VIEWERS = (
    Viewer("clerk", "coordination office, clerk", "office1"),
    Viewer("director", "coordination office, director", "director"),
    Viewer("lead_head", "head of the lead department", "tra_head"),
    Viewer("assignee", "the assignee", "tra_staff"),
    Viewer("lead_staff", "staff of the lead department", "tra_staff2"),
    Viewer("lead_finance", "finance of the lead department", "tra_finance"),
    Viewer("support_head", "head of a supporting department", "ene_head"),
    Viewer("support_staff", "staff of a supporting department", "ene_staff"),
    Viewer("support_finance", "finance of a supporting department", "ene_finance"),
    Viewer("foreign_head", "head of another department", "pol_head"),
    Viewer("foreign_staff", "staff of another department", "pol_staff"),
    Viewer("foreign_finance", "finance of another department", "pol_finance"),
    Viewer("named", "somebody elsewhere who is named as a reader", "wea_staff"),
    Viewer("leader", "leadership group", "leader"),
    Viewer("auditor", "auditor", "auditor"),
    Viewer("admin", "administrator", "admin"),
    Viewer("postless", "an account without a post", "postless"),
    Viewer("anonymous", "nobody logged in", ""),
)
#: Who is added to the made-up city, with their posts.
ADDED = {
    "tra_finance": (("TRA", "finance", False),),
    "ene_finance": (("ENE", "finance", False),),
    "pol_staff": (("POL", "member", False),),
    "pol_finance": (("POL", "finance", False),),
    "postless": (),
}
#: Whose things the others' own things are: in the office, and no column.
OTHER = "office2"
