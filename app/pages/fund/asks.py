"""Which fields the keepers' forms have."""

from collections.abc import Iterable, Mapping
from datetime import date

from app.pages.department_order import order_departments
from app.pages.fund.figures import name_operation, name_unit
from app.pages.fund.typed import Ask
from app.pages.listing.choices import Choice
from app.pages.show import place, say_label
from app.pages.words import current_lang
from app.pages.words import gettext as _
from app.queries.department import DepartmentRow
from app.queries.fund.approver import Approver
from app.queries.fund.overview import FundRow, RuleVersion
from app.schemas.fund.fund import BUDGET_OPERATIONS
from workflows.money.wording import CONTROL_LABELS, SURPLUS_LABELS
from workflows.words import Text


def ask_fund(year: int, departments: Iterable[tuple[str, str]]) -> list[Ask]:
    """Return what a new fund is asked for, besides its first rules."""
    own = tuple(Choice(code, name, is_chosen=False) for code, name in departments)
    several = [Ask("department", _("主管部门"), "choice", options=own)] if len(own) > 1 else []
    return [
        Ask("code", _("编码"), hint=_("不能与其他资金重复")),
        Ask("name", _("名称")),
        Ask("name_en", _("英文名称"), is_required=False),
        *several,
        Ask("purpose", _("用途"), "text"),
        Ask("source_document", _("设立依据（文号）")),
        Ask("first_year", _("起始年度"), "year", value=str(year)),
        Ask("last_year", _("终止年度"), "year", value=str(year)),
    ]


def ask_rule(approvers: Iterable[Approver], today: date, now: RuleVersion | None = None) -> list[Ask]:
    """Return what rules ask for, filled with those in force (`now`)."""
    posts = tuple(Choice(str(one.post_id), place(_name(one), one.holder), is_chosen=False) for one in approvers)
    return [
        Ask("from_on", _("起始日期"), "date", _("今天或以后；此前的账目仍按当日的规则"), value=today.isoformat()),
        Ask("control", _("申请超出可用余额时"), "choice", options=_choices(CONTROL_LABELS),
            value=now.control if now else "stop"),
        Ask("exception_post", _("特批岗位"), "id", _("仅“超出须特批”时选择"), is_required=False, options=posts,
            value=_text(now.exception_post_id if now else None)),
        Ask("leaders_from", _("报领导小组审批的起点（元）"), "amount",
            _("达到这一金额即由领导小组审批；不填则均由财政审批"), is_required=False,
            value=_yuan(now.leaders_from_fen if now else None)),
        Ask("notice_workdays", _("公示工作日数"), "number", _("填0则不公示"),
            value=_text(now.notice_workdays if now else 0)),
        Ask("idle_workdays", _("多少个工作日未拨付为闲置"), "number", _("不填则不按规则收回"), is_required=False,
            value=_text(now.idle_workdays if now else None)),
        Ask("warning_workdays", _("预警后多少个工作日可收回"), "number",
            value=_text(now.warning_workdays if now else 10)),
        Ask("surplus", _("年终结余"), "choice", options=_choices(SURPLUS_LABELS),
            value=now.surplus if now else "carry"),
        Ask("number_sign", _("文号用字"), hint=_("例如“财专”，用于下达文号"), value=now.number_sign if now else ""),
        Ask("reason", _("理由"), "text"),
    ]  # fmt: skip


def _name(one: Approver) -> str:
    title = (one.title_en or one.title) if current_lang() == "en" else one.title
    name = (one.department_name_en or one.department_name) if current_lang() == "en" else one.department_name
    return place(name, title)


def ask_entry(fund: FundRow, departments: list[DepartmentRow], earmarks: Iterable[str]) -> list[Ask]:
    """Return what an entry on a fund's year is asked for."""
    operations = tuple(Choice(one, name_operation(one), is_chosen=False) for one in BUDGET_OPERATIONS)
    known = "、".join(earmarks) if current_lang() == "zh" else ", ".join(earmarks)
    hint = _("划定或解除专用额度时填写。已有：%(names)s", names=known) if known else _("划定或解除专用额度时填写")
    codes = tuple(Choice(row.code, label, is_chosen=False) for row, label in order_departments(departments))
    return [
        Ask("operation", _("业务"), "choice", options=operations, value="appropriate"),
        Ask("amount", _("金额（%(unit)s）", unit=name_unit(fund.currency)), "amount", _("单位是元，不是万元")),
        Ask("basis", _("依据（文号）")),
        Ask("earmark", _("专用额度的用途"), hint=hint, is_required=False),
        Ask("department", _("专用额度供谁使用"), "choice", _("不选则不限单位"), is_required=False, options=codes),
        Ask("note", _("说明"), "text", is_required=False),
    ]


def ask_extension(fund: FundRow) -> list[Ask]:
    """Return what the extension of a fund is asked for."""
    return [
        Ask("last_year", _("延长到哪一年"), "year", value=str(fund.last_year + 1)),
        Ask("basis", _("依据（文号）")),
    ]


def ask_reversal() -> list[Ask]:
    """Return what a reversal is asked for."""
    return [Ask("reason", _("冲销理由"), "text")]


def ask_confirmation() -> Ask:
    """Return the tick that an amount far from what it stands beside is meant."""
    return Ask("confirm", _("金额确实无误"), "check", is_required=False)


def _choices(labels: Mapping[str, Text]) -> tuple[Choice, ...]:
    return tuple(Choice(name, say_label(label), is_chosen=False) for name, label in labels.items())


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"{fen // 100}.{fen % 100:02d}"
