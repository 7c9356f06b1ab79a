"""A made-up meeting of the city of Yunzhou, in Chinese and in English, for the tests of its papers."""

from datetime import date, datetime, timedelta, timezone

from reports.meeting.inputs import (
    AgendaLine,
    Attender,
    BundleInput,
    Change,
    Contact,
    Decision,
    Invited,
    MinutesInput,
    MinutesItem,
    NoticeInput,
    Paper,
    SheetInput,
    SheetRow,
    Vote,
)

ZONE = timezone(timedelta(hours=8))
MADE_AT = datetime(2026, 10, 26, 8, 30, tzinfo=ZONE)
STARTS_AT = datetime(2026, 10, 22, 9, 0, tzinfo=ZONE)
ENDS_AT = datetime(2026, 10, 22, 11, 30, tzinfo=ZONE)
OFFICE = "云州市智慧城市领导小组办公室"
OFFICE_EN = "Office of the Yunzhou Smart City Leadership Group"

_ITEMS = (
    MinutesItem(
        "关于前三季度工作进展",
        (
            (
                "会议听取了领导小组办公室的汇报。截至9月30日，列入年度计划的24个联合项目中，按计划推进16个、进度滞后6个、"
                "严重滞后2个；督办事项186件，已办结151件，办结率81.2%，比上月提高3.6个百分点；专项资金执行率62.1%，低于序时进度"
                "12.9个百分点。"
            ),
            (
                "会议认为，各牵头单位总体上落实了上次会议的部署，但跨部门数据接口、机房搬迁和验收资料三个方面的问题反复出现，"
                "个别单位签收不及时、反馈流于形式，必须在第四季度集中解决。"
            ),
        ),
        decisions=(Decision("前三季度进展情况印送各成员单位。", is_information=True),),
    ),
    MinutesItem(
        "关于“一网统管”平台二期",
        ("会议听取了市城市管理局关于平台二期建设情况的汇报，研究了数据编码、验收时限和安全测评三个问题。",),
        decisions=(
            Decision(
                "视频资源、井盖传感和排水监测三类数据按统一编码归集，逾期未完成接口改造的单位，由领导小组办公室发出督办单"
                "并在全市通报。",
                label="统一接口标准",
                lead="市城市管理局",
                supporting=("市公安局", "市住房和城乡建设局", "市水务局"),
                due_on=date(2026, 11, 13),
                criteria="三类数据编码统一，联调测试通过",
                task_number="任务118",
                task_title="统一视频、井盖传感和排水监测三类数据的编码，通过联调测试",
            ),
            Decision(
                "同意将平台二期竣工验收时间由2026年11月30日调整为2026年12月18日，顺延14个工作日。",
                label="调整验收时限",
                lead="市城市管理局",
                due_on=date(2026, 12, 18),
                criteria="竣工验收报告经验收组签字",
                task_number="任务119",
            ),
            Decision("等级保护测评结论作为验收的前置条件。", label="落实安全要求", is_information=True),
        ),
    ),
    MinutesItem(
        "关于专项资金调整",
        ("会议同意从智慧停车项目结余资金中调剂人民币1,680.00万元，用于社区养老服务平台和城市内涝预警系统。",),
        vote=Vote(9, 1, 2, "通过"),
        decisions=(
            Decision(
                "10月30日前办理调整手续，涉及的绩效目标同步修改。",
                lead="市财政局",
                supporting=("市民政局", "市水务局"),
                due_on=date(2026, 10, 30),
                criteria="预算调整批复",
                task_number="任务120",
            ),
        ),
    ),
    MinutesItem("关于城市公共数据归集", outcome="因材料未会签完毕，本议题延至下次会议审议。", number=5),
)

MINUTES = MinutesInput(
    lang="zh",
    mark="云州市智慧城市领导小组会议纪要",
    number="〔2026〕10号",
    issuer=OFFICE,
    title="关于第四季度联合项目推进和专项资金安排有关事项的纪要",
    meeting="市智慧城市领导小组2026年第10次会议",
    place="市政府第一会议室",
    starts_at=STARTS_AT,
    ends_at=ENDS_AT,
    chair="市委副书记、市长、领导小组组长陈志远",
    items=_ITEMS,
    made_at=MADE_AT,
    identifier="minutes:10",
    issued_on=date(2026, 10, 26),
    signed_by="林静",
    present=(
        Attender("", "陈志远"),
        Attender("", "林静"),
        Attender("", "周海涛"),
        Attender("市公安局", "何伟"),
        Attender("市财政局", "吴芳", recused_from=("第三项议题",)),
        Attender("市住房和城乡建设局", "郑强"),
        Attender("市城市管理局", "马骏"),
        Attender("市水务局", "许平", stands_in_for="唐亮"),
    ),
    on_leave=(Attender("市水务局", "唐亮", reason="因公出差"),),
    observers=(Attender("市审计局", "罗勇"), Attender("市民政局", "谢琳")),
    copies_to=("市委办公室", "市人大常委会办公室", "市政协办公室", "市纪委监委机关"),
    held_back=1,
)

MINUTES_EN = MinutesInput(
    lang="en",
    mark="Minutes of the Yunzhou Smart City Leadership Group",
    number="No. 10 of 2026",
    issuer=OFFICE_EN,
    title="Joint projects in the fourth quarter and the special fund",
    meeting="tenth meeting of the leadership group in 2026",
    place="Meeting Room 1, City Hall",
    starts_at=STARTS_AT,
    ends_at=ENDS_AT,
    chair="Mayor Chen Zhiyuan, head of the group",
    items=(
        MinutesItem(
            "Progress in the first three quarters",
            (
                (
                    "The office reported. Of the 24 joint projects in this year’s plan, 16 are on plan, 6 are behind "
                    "and 2 are far behind; of 186 supervised matters 151 are closed (81.2%)."
                ),
                (
                    "The meeting found that interfaces between departments, the move of the data centre and papers for "
                    "acceptance come up again and again, and that they must be settled in the fourth quarter."
                ),
            ),
            decisions=(Decision("The report goes to all member units.", is_information=True),),
        ),
        MinutesItem(
            "Phase two of the city operations platform",
            ("The City Management Bureau reported on codes, the date of acceptance and the security assessment.",),
            decisions=(
                Decision(
                    "Video, manhole and drainage data are collected under one code.",
                    label="One interface standard",
                    lead="City Management Bureau",
                    supporting=("Police Bureau", "Water Bureau"),
                    due_on=date(2026, 11, 13),
                    criteria="codes unified, joint test passed",
                    task_number="Task 118",
                ),
                Decision(
                    "Acceptance moves from 30 November to 18 December 2026.",
                    label="Date of acceptance",
                    lead="City Management Bureau",
                    due_on=date(2026, 12, 18),
                    task_number="Task 119",
                ),
            ),
        ),
        MinutesItem(
            "Change of the special fund",
            ("CNY 16.8 million left over from smart parking go to elderly care and flood warning.",),
            vote=Vote(9, 1, 2, "carried"),
            decisions=(Decision("The change is processed.", lead="Finance Bureau", due_on=date(2026, 10, 30)),),
        ),
        MinutesItem("City data collection", outcome="Deferred to the next meeting.", number=5),
    ),
    made_at=MADE_AT,
    identifier="minutes:10",
    issued_on=date(2026, 10, 26),
    signed_by="Lin Jing",
    present=(
        Attender("", "Chen Zhiyuan", "Mayor"),
        Attender("Police Bureau", "He Wei"),
        Attender("Finance Bureau", "Wu Fang", recused_from=("item 3",)),
        Attender("Water Bureau", "Xu Ping", stands_in_for="Tang Liang"),
    ),
    on_leave=(Attender("Water Bureau", "Tang Liang", reason="on duty elsewhere"),),
    observers=(Attender("Audit Bureau", "Luo Yong"),),
    copies_to=("City Party Committee Office", "People’s Congress Office"),
    held_back=2,
)

HOSTILE = (
    '<script>alert(1)</script><img src="file:///etc/passwd"><style>*{display:none}</style>'
    'http://169.254.169.254/ {{7*7}} & "引号" '
    "\x00\x07\x1b[31m \u202eabc\u202c 王𬭚、李㛃、吉𠮷 👨\u200d👩\u200d👧 مرحبا"
)
ENDLESS = "长" * 2500 + "x" * 2500

AGENDA = (
    AgendaLine("一", "听取前三季度工作进展汇报", STARTS_AT, 20, "领导小组办公室"),
    AgendaLine("二", "审议“一网统管”平台二期验收时限调整", STARTS_AT + timedelta(minutes=20), 40, "市城市管理局",
               ("市审计局",), "同意验收时限调整至2026年12月18日"),
    AgendaLine("三", "审议专项资金调整方案", STARTS_AT + timedelta(minutes=60), 45, "市财政局",
               ("市民政局", "市审计局")),
)  # fmt: skip
AGENDA_EN = (
    AgendaLine("1", "Progress in the first three quarters", STARTS_AT, 20, "Office of the group"),
    AgendaLine("2", "Phase two of the platform: date of acceptance", STARTS_AT + timedelta(minutes=20), 40,
               "City Management Bureau", ("Audit Bureau",), "agreement to 18 December 2026"),
    AgendaLine("3", "Change of the special fund", STARTS_AT + timedelta(minutes=60), 45, "Finance Bureau"),
)  # fmt: skip

NOTICE = NoticeInput(
    lang="zh",
    issuer=OFFICE,
    number="智领办会〔2026〕23号",
    meeting="云州市智慧城市领导小组2026年第10次会议",
    addressee="各成员单位",
    starts_at=STARTS_AT,
    ends_at=ENDS_AT,
    place="市政府第一会议室（云州市人民路1号主楼3层）",
    chair="陈志远",
    agenda=AGENDA,
    issued_on=date(2026, 10, 15),
    made_at=datetime(2026, 10, 15, 16, 0, tzinfo=ZONE),
    identifier="notice:10",
    invited=(
        Invited("市公安局", "何伟"),
        Invited("市财政局", "吴芳"),
        Invited("市城市管理局", "马骏"),
        Invited("市水务局", "唐亮"),
        Invited("市审计局", "罗勇", is_observer=True),
        Invited("市民政局", "谢琳", is_observer=True),
    ),
    reply_by=datetime(2026, 10, 20, 17, 30, tzinfo=ZONE),
    reply_how="请登录联办系统回复；因故不能参会的，须说明理由，并确定代为参会的负责同志。",
    papers=("前三季度工作进展汇报", "平台二期验收时限调整的请示", "专项资金调整方案"),
    remarks=("请提前10分钟入场签到。",),
    contact=Contact("黄蓉", "0000-12345678", "office@yunzhou.example"),
)
NOTICE_EN = NoticeInput(
    lang="en",
    issuer=OFFICE_EN,
    number="Notice 23 of 2026",
    meeting="Tenth meeting of the Smart City Leadership Group in 2026",
    addressee="All member units",
    starts_at=STARTS_AT,
    ends_at=ENDS_AT,
    place="Meeting Room 1, City Hall",
    chair="Mayor Chen Zhiyuan",
    agenda=AGENDA_EN,
    issued_on=date(2026, 10, 15),
    made_at=datetime(2026, 10, 15, 16, 0, tzinfo=ZONE),
    identifier="notice:10",
    invited=(Invited("Police Bureau", "He Wei"), Invited("Audit Bureau", "Luo Yong", is_observer=True)),
    reply_by=datetime(2026, 10, 20, 17, 30, tzinfo=ZONE),
    reply_how="Reply in the system. Who cannot come states why and names a stand-in.",
    papers=("Report on progress", "Request to move the date of acceptance"),
    remarks=("Please sign in ten minutes before the start.",),
    contact=Contact("Huang Rong", "0000-12345678", "office@yunzhou.example"),
)
CHANGES = (
    Change("时间", "2026年10月22日上午09:00", "2026年10月23日下午14:30"),
    Change("地点", "市政府第一会议室", "市政府第二会议室"),
)

SHEET = SheetInput(
    lang="zh",
    meeting="云州市智慧城市领导小组2026年第10次会议",
    starts_at=STARTS_AT,
    place="市政府第一会议室",
    issuer=OFFICE,
    rows=(
        SheetRow("市公安局", "何伟", "局长"),
        SheetRow("市财政局", "吴芳", "局长"),
        SheetRow("市水务局", "许平", "副局长", remark="代唐亮"),
        SheetRow("市审计局", "罗勇", "总审计师", is_observer=True, remark="第二、三项"),
    ),
    made_at=MADE_AT,
    identifier="sheet:10",
)
SHEET_EN = SheetInput(
    lang="en",
    meeting="Tenth meeting of the Smart City Leadership Group in 2026",
    starts_at=STARTS_AT,
    place="Meeting Room 1, City Hall",
    issuer=OFFICE_EN,
    rows=(
        SheetRow("Police Bureau", "He Wei", "Director"),
        SheetRow("Water Bureau", "Xu Ping", "Deputy director", remark="for Tang Liang"),
        SheetRow("Audit Bureau", "Luo Yong", "Chief auditor", is_observer=True, remark="items 2 and 3"),
    ),
    made_at=MADE_AT,
    identifier="sheet:10",
)


def make_bundle(*papers: Paper) -> BundleInput:
    """Return the bundle of one participant with these papers."""
    return BundleInput(
        lang="zh",
        meeting="云州市智慧城市领导小组2026年第10次会议",
        unit="市公安局",
        name="何伟",
        post="局长",
        starts_at=STARTS_AT,
        ends_at=ENDS_AT,
        place="市政府第一会议室",
        issuer=OFFICE,
        chair="陈志远",
        agenda=AGENDA,
        papers=papers,
        made_at=MADE_AT,
        identifier="bundle:10:7",
    )
