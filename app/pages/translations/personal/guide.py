"""English texts of the first steps."""

GUIDE: dict[str, str] = {
    "上手指引": "First steps",
    "按您的职务列出第一天要做的事。": "What to do on the first day, by the posts you hold.",
    "您目前没有职务": "You hold no post at present",
    "有了职务才看得到事项。请联系协调办或系统管理员。": (
        "Items are read through a post. Ask the coordination office or the administrator."
    ),
    "知道了": "Got it",
    "以后可在“我的”中的“上手指引”再看。": "You find this again under Me, First steps.",
    "协调办的第一天": "Your first day in the coordination office",
    "先看“待办”": "Begin with the inbox",
    "待核验、待裁定、待交办的事项都在这里，最急的排在最前。": (
        "What is to be verified, ruled or assigned stands here, the most urgent first."
    ),
    "看清哪里卡住": "See what stalls",
    "“催办”按四级列出停滞事项：卡在哪个单位、为什么、何时再升级。": (
        "Escalation lists it in four levels: with which department, why, and when it rises next."
    ),
    "交办一项任务": "Assign a task",
    "填写牵头单位、期限和验收标准；写到一半离开，草稿会留着。": (
        "Name the lead department, the due date and the acceptance criteria. Leave half way, and the draft is kept."
    ),
    "生成工作月报": "Make the monthly report",
    "同一份数据生成PDF，签发后不再改变。": "The PDF is made from the same data; once issued it does not change.",
    "部门负责人的第一天": "Your first day as head of a department",
    "处理等您决定的事项": "Decide what waits for you",
    "会签、审批、本单位的申请都在“待办”；每行写明等了多久、不办会怎样。": (
        "Co-signatures, approvals and your own staff's requests are in the inbox. Each says how long it has waited and"
        " what follows if nobody acts."
    ),
    "看本单位承办的任务": "Look at your department's tasks",
    "灯号说明进度是否正常；点灯号可看判定的依据。": (
        "The light says whether a task is on course; press it for the reason."
    ),
    "外出前安排代理": "Before you travel, name a substitute",
    "指定代理人和起止时间，对方接受后生效，到期自动收回。": (
        "Say who and from when to when. It holds once accepted and ends by itself."
    ),
    "选定接收消息的方式": "Choose how messages reach you",
    "催办和轮到您签署的消息不能关闭，其余由您决定。": (
        "Urging and your turn to sign cannot be switched off; the rest is yours to choose."
    ),
    "领导小组成员的第一天": "Your first day in the leadership group",
    "一页看全市": "The city on a page",
    "项目灯号、按期率、卡在哪里；每个数字都能点开看清单。": (
        "Lights, on-time rates, what stalls. Every figure leads to its list."
    ),
    "看请您决定的事项": "See what you are asked to decide",
    "只有需要您签批的才会出现，签批前写明表决规则。": (
        "Only what needs your signature comes here, with the voting rule told beforehand."
    ),
    "读最近一期月报": "Read the latest monthly report",
    "第一页是结论和需要决定的事，后面是依据。": (
        "Page one has the findings and what is to be decided; the evidence follows."
    ),
    "财务人员的第一天": "Your first day in finance",
    "看本单位的项目和预算": "See your department's projects and budgets",
    "预算以分为单位登记，列表按元显示，可导出核对。": (
        "Budgets are kept to the fen and shown in yuan; export the list to check it."
    ),
    "看等您处理的事项": "See what waits for you",
    "轮到您签署或报送时会出现在“待办”。": "When it is your turn to sign or report, it appears in the inbox.",
    "订阅到期日历": "Subscribe to your due dates",
    "把期限放进您自己的日历程序，地址可随时作废。": (
        "Your own calendar program shows the due dates; the address can be revoked at any time."
    ),
    "承办人员的第一天": "Your first day with tasks of your own",
    "看您承办的任务": "See your tasks",
    "先签收，再开始承办；签收期限从交办起算。": (
        "First acknowledge receipt, then start. The time for receipt runs from the assignment."
    ),
    "按期报送进展": "Report on time",
    "应报的报告列在“我的工作”，写进度、存在的问题和预计完成日期。": (
        "Reports due are listed under My work: progress, problems, and the date you expect to finish."
    ),
    "办结时逐条说明": "When it is done, answer each criterion",
    "每条验收标准写明完成情况，佐证材料放进附件。": (
        "Say for each acceptance criterion how it was met, and add the evidence as files."
    ),
    "审计人员的第一天": "Your first day as an auditor",
    "从日志看起": "Begin with the log",
    "谁在何时以什么身份做了什么，被拒的操作也在内。": (
        "Who did what, when and in which capacity, refused attempts included."
    ),
    "核对一件事项的全过程": "Follow one item from end to end",
    "事项页的“全部记录”不能更改，签署写明所签的版本。": (
        "An item's full record cannot be changed; a signature names the version that was signed."
    ),
    "您的阅看也会留痕": "Your reading is on record, too",
    "您能看到限知事项，但不能改动；每次阅看都记入日志。": (
        "You may read confidential items and change nothing; every reading is logged."
    ),
    "系统管理员的第一天": "Your first day as administrator",
    "建好机构、岗位和人员": "Enter departments, posts and people",
    "权限来自岗位：任职有起止日期，调岗后权限随之改变。": (
        "Rights come with posts. Appointments have dates, and rights follow when people move."
    ),
    "导入放假安排": "Import the official holidays",
    "期限按工作日计算；缺少当年安排时，期限标为暂定。": (
        "Limits are counted in working days. While a year's calendar is missing, its dates are marked provisional."
    ),
    "查看消息是否送达": "See whether messages arrive",
    "发不出的邮件和推送列在“发送记录”，可以重发。": (
        "Mail and calls that failed are listed under Deliveries and can be sent again."
    ),
    "看定时任务是否正常": "See whether the scheduler runs",
    "巡检每半小时一次；停了会在首页提示。": "It sweeps every half hour; when it stops, the first page says so.",
}
