"""A made-up month and a made-up year of a made-up city."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from reports.city.inputs import (
    Bulletin,
    LateItem,
    LevelLine,
    MonthLine,
    ProjectLine,
    Review,
    SlipLine,
    YearCounts,
    YearFund,
    count_slips,
    list_named,
)
from reports.city.ranking import Score
from reports.proof import Proof
from reports.wording import Text

ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 1, 0, 0, tzinfo=ZONE)
CITY, OFFICE = Text("云州市", "Yunzhou"), Text("领导小组办公室", "Office of the leadership group")
TRA, POL = Text("市交通运输局", "Transport Bureau"), Text("市公安局", "Public Security Bureau")
ENE, WEA = Text("市能源局", "Energy Bureau"), Text("市气象局", "Weather Bureau")
TASK, SHARE = Text("任务", "task"), Text("分工", "share")

SCORES = (
    Score(TRA, 9, 8, 8, 0, 1), Score(POL, 4, 4, 4, 0, 2), Score(ENE, 6, 5, 3, 2, 3), Score(WEA, 2, 2, 1, 0, 4),
)  # fmt: skip
LATE = (
    LateItem(ENE, "联办〔2026〕17号", "接入充电桩实时数据", TASK, date(2026, 10, 12), 14, 3),
    LateItem(ENE, "", "负荷预测会商", SHARE, date(2026, 10, 29), 1, 0, is_share=True),
)
SLIPS = (
    SlipLine(ENE, "督〔2026〕21号", "接入充电桩实时数据", 3, date(2026, 10, 20), date(2026, 10, 27),
             is_unanswered=True, is_issued_in_month=True),
    SlipLine(POL, "预警〔2026〕60号", "路口监控补点", 2, date(2026, 10, 12), date(2026, 10, 15),
             is_unanswered=False, is_issued_in_month=True),
    SlipLine(TRA, "预警〔2026〕48号", "公交专用道", 2, date(2026, 9, 28), date(2026, 11, 3), is_unanswered=True,
             is_issued_in_month=False),
)  # fmt: skip
BULLETIN = Bulletin(
    city=CITY,
    office=OFFICE,
    year=2026,
    month=10,
    first_on=date(2026, 10, 1),
    as_of_on=date(2026, 10, 31),
    is_running=False,
    dated_on=date(2026, 11, 2),
    reply_by_on=date(2026, 11, 9),
    scores=SCORES,
    late=LATE,
    late_more=0,
    named=list_named(LATE),
    slips=SLIPS,
    slips_more=0,
    counted=count_slips(SLIPS, date(2026, 10, 31)),
    made_at=AT,
    identifier="bulletin:2026-10",
)

COUNTS = YearCounts(
    projects_proposed=13, projects_approved=10, projects_started=8, projects_closed=3, projects_cancelled=1,
    projects_open=11, tasks_assigned=120, tasks_done=96, shares_accepted=151, tasks_cancelled=9, dated=240, on_time=205,
    late_open=14, open_items=68, rungs=(288, 120, 54, 27), yellow_slips=86, red_slips=29, slips_withdrawn=4,
    requests_approved=17, requests_refused=5, meetings=11, decisions=63, decisions_counted=50, decisions_done=41,
    decisions_in_time=36,
)  # fmt: skip
BEFORE = YearCounts(
    projects_proposed=9, projects_approved=8, projects_started=6, projects_closed=4, projects_cancelled=0,
    projects_open=7, tasks_assigned=101, tasks_done=88, shares_accepted=130, tasks_cancelled=5, dated=200, on_time=150,
    late_open=25, open_items=73, rungs=(301, 131, 66, 30), yellow_slips=97, red_slips=35, slips_withdrawn=2,
    requests_approved=12, requests_refused=6, meetings=12, decisions=58, decisions_counted=52, decisions_done=39,
    decisions_in_time=30,
)  # fmt: skip
REVIEW = Review(
    city=CITY,
    office=OFFICE,
    year=2026,
    as_of_on=date(2026, 12, 31),
    is_running=False,
    counts=COUNTS,
    before=BEFORE,
    months=tuple(MonthLine(month, 10 + month, 9 + month, 7 + month) for month in range(1, 13)),
    scores=SCORES,
    levels=(
        LevelLine(1, Text("提醒", "Reminder"), 288, 190, ((Text("逾期", "past the date"), 176),)),
        LevelLine(2, Text("预警", "Warning"), 120, 71, ((Text("逾期", "past the date"), 43),)),
        LevelLine(3, Text("督办", "Supervision"), 54, 41, ()),
        LevelLine(4, Text("提交会议", "To the meeting"), 27, 20, ()),
    ),
    projects=(
        ProjectLine("云联〔2026〕1号", "一件事一次办", TRA, Text("已结项", "closed"), Text("已结束", "ended"), "grey",
                    date(2026, 12, 7), date(2026, 11, 25)),
        ProjectLine("", "城市大脑中枢平台", POL, Text("实施", "in progress"), Text("红灯", "Red"), "red",
                    date(2027, 7, 12), None),
    ),
    projects_more=0,
    funds=(
        YearFund(Text("智慧专项资金", "City Fund"), "CNY", 15_900_000_000, 1_280_000_000, 560_000_000, 3.5, 100.0),
        YearFund(Text("数据共享专项资金", "Data Fund"), "CNY", 1_600_000_000, 1_354_000_000, 94_000_000, 5.9, 100.0),
    ),
    made_at=datetime(2027, 1, 1, 0, 0, tzinfo=ZONE),
    identifier="review:2026",
)  # fmt: skip
PROOF = Proof(
    "通报〔2026〕10号", 1, "7K3MQ2XWTN9P", "https://lianban.example/verify/7K3MQ2XWTN9P", AT, AT, "规则2026-1", "1"
)
