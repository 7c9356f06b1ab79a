"""A made-up fund of the city of Yunzhou with an allocation, a disbursement and a year, for the tests of its papers."""

from datetime import date, datetime, timedelta, timezone

from reports.fund.inputs import (
    AllocationLine,
    AllocationPaper,
    ExecutionPaper,
    Goal,
    Instalment,
    OrderPaper,
    OrderStep,
    PartLine,
)
from reports.wording import Text

ZONE = timezone(timedelta(hours=8))
ISSUED_AT = datetime(2026, 6, 22, 9, 30, tzinfo=ZONE)
BUREAU = Text("云州市财政局", "Finance Bureau, Yunzhou")
FUND = Text("智慧城市联合建设专项资金", "Special Fund for Joint Smart-City Building")
TRANSPORT = Text("市交通运输局", "Transport Bureau")

ALLOCATION = AllocationPaper(
    mark=Text("云州市财政局文件", "Finance Bureau, Yunzhou"),
    issuer=BUREAU,
    number="云财联〔2026〕1号",
    recipient=TRANSPORT,
    fund=FUND,
    fund_code="ZX-ZHCS",
    year=2026,
    title="路口信号机更新",
    project="智能信号控制",
    amount_fen=760_000_053,
    currency="CNY",
    capital="人民币柒佰陆拾万元伍角叁分",
    purpose="更新中心城区路口信号机186套",
    goals=(
        Goal(Text("数量", "quantity"), "更新信号机", "186套"),
        Goal(Text("效益", "benefit"), "高峰平均车速", "提高8%"),
    ),
    instalments=(
        Instalment(1, 300_000_000),
        Instalment(2, 260_000_000, "首批60套到货验收", date(2026, 8, 31)),
        Instalment(3, 200_000_053, "186套全部上线"),
    ),
    basis=("领导小组〔2026〕3号会议纪要", "云财预〔2025〕6号"),
    allocated_on=date(2026, 6, 22),
    made_at=ISSUED_AT,
    identifier="allocation:136",
    copies_to=(Text("领导小组办公室", "Office of the leadership group"),),
)

ORDER = OrderPaper(
    issuer=BUREAU,
    number="付〔2026〕5号",
    state="paid",
    payee=TRANSPORT,
    account="6228480000000101",
    bank="云州银行交通支行",
    amount_fen=260_000_000,
    currency="CNY",
    capital="人民币贰佰陆拾万元整",
    fund=FUND,
    fund_code="ZX-ZHCS",
    year=2026,
    allocation="路口信号机更新",
    allocation_number="云财联〔2026〕1号",
    instalment=2,
    contract="信号机采购合同",
    steps=(
        OrderStep(Text("申请", "Asked by"), "陆川", TRANSPORT, date(2026, 8, 27)),
        OrderStep(Text("审核", "Checked by"), "钱守正", Text("市财政局", "Finance Bureau"), date(2026, 8, 28)),
        OrderStep(Text("支付", "Paid by"), "库如海", Text("市财政局", "Finance Bureau"), date(2026, 8, 31)),
    ),
    made_at=datetime(2026, 8, 31, 10, 0, tzinfo=ZONE),
    identifier="order:247:paid",
    milestone="首批60套到货验收",
    project="智能信号控制",
    voucher="记-2026-0301",
    paid_on=date(2026, 8, 31),
)

#: Its parts are chosen so that figures in ten thousands do not add up as shown.
EXECUTION = ExecutionPaper(
    issuer=BUREAU,
    fund=FUND,
    fund_code="ZX-ZHCS",
    currency="CNY",
    year=2026,
    closed_on=None,
    own_fen=8_500_004_400,
    carried_fen=7_400_004_400,
    free_fen=13_126_008_800,
    reserved_fen=934_000_000,
    committed_fen=1_280_000_000,
    net_paid_fen=560_000_000,
    returned_fen=0,
    rate_pct=3.5,
    elapsed_pct=83.3,
    behind_pct=79.8,
    light="red",
    yellow_behind_pct=10,
    red_behind_pct=30,
    departments=(
        PartLine(TRANSPORT, 96_000_000, 200_000_000, 115_000_000, 445_000_000, 0),
        PartLine(Text("市数据局", "Data Bureau"), 0, 630_000_000, 0, 0, 0),
    ),
    has_all_departments=True,
    allocations=(
        AllocationLine("云财联〔2026〕1号", "路口信号机更新", "智能信号控制", TRANSPORT, Text("已下达", "allocated"),
                       760_000_000, 200_000_000, 560_000_000),
        AllocationLine("云财联〔2026〕2号", "中枢平台算力扩容", None, Text("市数据局", "Data Bureau"),
                       Text("待绩效评价", "to be evaluated"), 800_000_000, 630_000_000, 0),
    ),
    has_more=False,
    made_at=datetime(2026, 11, 30, 19, 20, tzinfo=ZONE),
    identifier="execution:1:2026",
)  # fmt: skip
