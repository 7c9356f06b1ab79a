"""The words for what an item's workflow names: kinds, states, actions; from the version that the item runs on."""

from app.edge.context import Unit
from app.services.rulebook import Rulebook
from workflows.words import Text

_OWN_ACTIONS = {
    "create": Text("立项", "Created"),
    "register": Text("登记", "Registered"),
    "update": Text("台账更新", "Updated from a ledger"),
    "adopt": Text("改用新版规则", "Moved to newer rules"),
    "sign": Text("签署", "Signed"),
    "add_signer": Text("加签", "Added a signer"),
    "remove_signer": Text("减签", "Removed a signer"),
    "transfer_signature": Text("转办签署", "Handed a signature over"),
    "lend_signature": Text("委派提意见", "Asked for an opinion"),
    "take_signature_back": Text("取回签署", "Took a signature back"),
    "record_paper": Text("登记纸质签批", "Recorded a signature on paper"),
    "confirm_paper": Text("核对纸质签批", "Confirmed a signature on paper"),
    "reject_paper": Text("退回纸质签批登记", "Rejected a recorded paper"),
    "renew_signing": Text("内容变更，重新会签", "Content changed, signed anew"),
    "release": Text("承办人离岗", "Assignee left"),
    "join": Text("并入另一原因", "A further cause joined"),
    "supersede": Text("接续黄色预警单", "Stands for a warning"),
    "hand_over": Text("移交", "Handed over"),
    "amend": Text("修改申请", "Corrected"),
    "order": Text("调整议程顺序", "Put the agenda in order"),
}


_KEY = "lianban_state_labels"


def label_state(unit: Unit, book: Rulebook, kind: str, version: int, state: str) -> Text:
    """Return the words for a state of a workflow's version; its name when that version does not know it.

    Looked up once a unit of work, however many rows of a list stand there.
    """
    known: dict[tuple[str, int, str], Text] = unit.info.setdefault(_KEY, {})
    key = (kind, version, state)
    if key not in known:
        found = book.machine(unit.connection(), kind, version).states.get(state)
        known[key] = found.label if found else Text(state, state)
    return known[key]


def label_action(unit: Unit, book: Rulebook, kind: str, version: int, action: str) -> Text:
    """Return the words for an action in a history; its name when that version does not know it."""
    if action in _OWN_ACTIONS:
        return _OWN_ACTIONS[action]
    steps = book.machine(unit.connection(), kind, version).steps.values()
    return next((step.label for step in steps if step.action == action), Text(action, action))
