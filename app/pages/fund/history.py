"""How steps on money are told in the record: amounts as people write them, not in fen; what else effects kept."""

from typing import Any

from app.pages.items.item_row import name_running
from app.pages.show import show_money
from app.pages.words import gettext as _

KINDS = frozenset({"allocation", "disbursement"})
_DECIDING = frozenset({"approve", "publish", "refer"})


def tell_money(name: str, value: Any, action: str, currency: str) -> tuple[str, str] | None:  # noqa: ANN401, PLR0911  # what a step kept; one answer for each name
    """Return label and text of what a step on an allocation or a disbursement kept; None for what is no money."""
    match name:
        case "amount" if isinstance(value, int):
            label = _("核定金额") if action in _DECIDING else _("申请金额") if action == "amend" else _("金额")
            return label, show_money(value, currency).striptags()
        case "amount_before" if isinstance(value, int):
            return _("原申请金额"), show_money(value, currency).striptags()
        case "into" if isinstance(value, int):
            return _("调入"), name_running("allocation", value)
        case "notice_until_on":
            return _("公示期满"), str(value)
        case "take_back_from_on":
            return _("可以收回的日期"), str(value)
        case "order_number":
            return _("支付令号"), str(value)
        case _:
            return None
