"""What the monthly report says: earned value in plain sentences, points of risk, the lead, funds in sum."""

from dataclasses import replace
from decimal import Decimal

from reports.monthly.earned import explain_earned
from reports.monthly.funds import total_of
from reports.monthly.lead import write_lead
from reports.monthly.risks import list_risks
from reports.progress import LightCounts
from reports.wording import Money, say
from tests.reports.made_up import make_city, make_earned, make_empty_city, make_funds, make_project

YUAN = 100


def test_earned_value_says_what_it_means() -> None:
    """Issue 8.4: ahead, on plan and behind; above, below and without a forecast, each in words a leader knows."""
    line = make_earned(make_project(0))
    assert explain_earned(line, "en") == (
        "50.0% should be done, 40% is: only 80% of what was planned."
        " At this pace the whole will cost 125.00 m CNY, 25.00 m CNY above budget."
    )
    ahead = replace(line, spi=Decimal("1.10"), done_pct=55, eac=Money(80_000_000 * YUAN, "CNY"))
    assert explain_earned(ahead, "zh") == (
        "按计划应完成50.0%，实际完成55%，快于计划。按现有进度和付款，预计总费用8,000.00万元，比预算少2,000.00万元。"
    )
    level = replace(line, spi=Decimal("0.97"), eac=line.budget)
    assert explain_earned(level, "zh").endswith("基本按计划。按现有进度和付款，预计总费用1.00亿元，与预算持平。")
    unpaid = replace(line, spi=None, cpi=None, eac=None)
    assert explain_earned(unpaid, "zh") == "按计划尚未开工。尚无付款或进度，费用不作预测。"
    lagging = replace(line, cpi=Decimal("2.50"), eac=None)
    assert "不据此预测总费用" in explain_earned(lagging, "zh")


def test_points_of_risk_come_from_the_months_figures_with_their_basis() -> None:
    """Each point counts what the report itself lists; where nothing is wrong there is no point."""
    city = make_city()
    found = {say(risk.name, "zh"): risk for risk in list_risks(city)}
    red = [line for line in city.projects if line.light.value == "red" and line.is_open]
    assert (found["红灯项目"].count, found["红灯项目"].base) == (len(red), city.lights.total)
    assert found["资金执行落后序时进度"].count == 2
    assert say(found["资金执行落后序时进度"].examples, "zh") == "第3专项资金、第2专项资金"
    assert found["停滞至督办单及以上"].count == sum(1 for line in city.stalled if line.rung >= 3)
    assert (found["未定完成期限"].count, found["未定完成期限"].base) == (3, 181)
    assert found["预计超预算"].count == len(city.earned)
    assert "进度明显慢于计划" not in found  # 0.80 is not below 0.80
    assert all(say(risk.basis, lang) for risk in found.values() for lang in ("zh", "en"))
    assert list_risks(make_empty_city()) == ()


def test_the_lead_names_the_worst_fund_and_what_is_late() -> None:
    """The sentence that judges: projects by light, the fund farthest behind, decisions that are late."""
    city = make_city()
    lead = write_lead(city, "zh")
    assert lead.startswith(f"{city.lights.total}个在办联合项目中，红灯")
    assert lead.endswith("第3专项资金执行率40.0%，落后序时进度43.3个百分点。会议议定事项逾期1项。")
    same = replace(city, lights_before=LightCounts(red=city.lights.red))
    assert "Red is unchanged since 30 September 2026." in write_lead(same, "en")


def test_funds_of_one_currency_have_a_sum_and_others_have_none() -> None:
    """Money: sums never cross currencies; one fund is its own sum."""
    funds = make_funds()
    total = total_of(funds)
    assert total is not None
    assert total.budget.minor == sum(line.budget.minor for line in funds)
    paid = sum(line.paid.minor for line in funds)
    assert total.rate_pct == round(Decimal(paid) * 100 / total.budget.minor, 1)
    dollars = replace(funds[0], budget=Money(1, "USD"))
    assert total_of((*funds, dollars)) is None
    assert total_of(funds[:1]) is None
