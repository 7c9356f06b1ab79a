"""English texts of leadership groups: their list, page and forms."""

GROUP: dict[str, str] = {
    # The list
    "席位随职务，人员变动由继任者接任": "Seats belong to posts: a successor takes the seat",
    "不看已撤销的": "Without dissolved ones",
    "连同已撤销的": "With dissolved ones",
    "组建领导小组": "Set up a group",
    "组长": "Leader",
    "任期": "Term",
    "席位": "Seats",
    "专班": "Working groups",
    "空缺": "vacant",
    "任期已满": "Term is over",
    "还没有领导小组": "No leadership group yet",
    # The page
    "任期：%(term)s": "Term: %(term)s",
    "任期不定": "Open term",
    "任期至%(day)s": "Term until %(day)s",
    "%(day)s起，不定期": "from %(day)s, open",
    "%(from)s至%(until)s": "%(from)s to %(until)s",
    "现任": "Holder",
    "自何时起": "Since",
    "职务于%(day)s撤销": "the post was closed on %(day)s",
    "还没有席位。": "No seats yet.",
    "职责": "Duties",
    "待批的成员调整": "Change of members to be approved",
    "历次成员调整": "Earlier changes of members",
    "增补": "added",
    "终止": "ended",
    "理由：": "Reason: ",
    "%(name)s于%(day)s提请": "proposed by %(name)s on %(day)s",
    "已批准": "Approved",
    "未同意": "Refused",
    "已撤回": "Withdrawn",
    "待批": "Waits",
    "议事规则": "Rules of procedure",
    "有修改待批": "Changes wait to be adopted",
    "近期会议": "Next meetings",
    "组建专班": "Set up a working group",
    "没有下设专班。": "No working groups.",
    "%(department)s %(title)s": "%(department)s, %(title)s",
    # The bar
    "修改": "Amend",
    "提请调整成员": "Propose a change of members",
    "提出议事规则": "Propose rules",
    "请您批准或不同意提出的议事规则": "Your move: adopt or refuse the proposed rules of procedure",
    "议事规则等领导小组批准": "The rules wait for the leadership group to adopt them",
    "已成立，按议事规则运行": "Established and at work under its rules",
    "组长席位空缺，请提请调整成员": "The leader's seat is vacant: propose a change of members",
    "组长职务现无人担任，请尽快补任或提请调整成员": (
        "Nobody holds the leader's post: have it filled, or propose a change of members"
    ),
    "任期已满，请换届或撤销": "The term is over: renew the group or dissolve it",
    "有席位随职务撤销而终止，请提请调整成员": "Seats ended with their posts: propose a change of members",
    # The rules in sentences
    "到会": "Quorum",
    "决定": "Decisions",
    "项目、申请、督办单申诉和成员调整由%(seats)s决定": (
        "Projects, requests, appeals against notices and changes of members are decided by: %(seats)s"
    ),
    "资金审批": "Money",
    "副组长单独审批不超过%(amount)s元，超过的由组长审批": (
        "A deputy leader alone approves up to %(amount)s yuan; above that the leader does"
    ),
    "副组长审批资金不限金额": "A deputy leader approves any amount",
    "成员审批": "Members",
    "成员也可审批资金": "Members with a leader's post approve money, too",
    "成员不审批资金": "Members do not approve money",
    "提交领导小组时通知": "Told when something climbs to the group",
    "议题": "Topics",
    "跟踪": "Follow-up",
    "未办结的议定事项满%(days)s天再上会，逾期、下次会议前到期或有变化的随时上会": (
        "Unfinished decisions return %(days)s days after they were made; what is late, due by the next meeting or"
        " changed returns at once"
    ),
    "未办结的议定事项在逾期、下次会议前到期或有变化时再上会": (
        "Unfinished decisions return when late, due before the next meeting, or changed"
    ),
    "参会单位过半数到会": "More than half of the invited units are present",
    "到会的参会单位须超过%(pct)s%%": "More than %(pct)s%% of the invited units are present",
    "%(share)s，且%(seats)s至少一人到会": "%(share)s, with at least one of: %(seats)s",
    "%(invited)s参加；由%(chairs)s主持，依次递补": "Invited: %(invited)s. Chair, the first who can: %(chairs)s",
    "决定%(matters)s；%(invited)s参加；由%(chairs)s主持，依次递补": (
        "Decides %(matters)s. Invited: %(invited)s. Chair, the first who can: %(chairs)s"
    ),
    "一次会议最多受理%(count)s个申报议题": "At most %(count)s proposed topics a meeting",
    "%(most)s，须附材料": "%(most)s, each with a paper",
    # Forms
    "组建专班：%(title)s": "Working group below %(title)s",
    "修改：%(title)s": "Amend: %(title)s",
    "办公室所在部门": "Department that is its office",
    "任期开始": "Term begins",
    "任期届满": "Term ends",
    "不填为不定期；届满后继续有效，页面提示换届": (
        "Leave it empty for an open term; a group past its term goes on and is flagged"
    ),
    "成立文件文号": "Founding document",
    "已登记为筹建，等批准成立。": "Entered as a draft; it waits to be established.",
    "已修改。": "Amended.",
    "席位给职务，不给个人：谁任职谁出席。职务从列表中选，也可只写能认出的一部分。同类席位按次序递补。": (
        "A seat goes to a post, not to a person: whoever holds the post sits there. Choose a post from the list, or"
        " type as much of it as names one only. Seats of a kind stand in by their order."
    ),
    "第%(row)s个席位": "Seat %(row)s",
    "次序": "Order",
    "保存": "Save",
    "已提请调整成员，等领导小组批准。": "The change of members was proposed; the leadership group decides.",
    "只有已成立、没有调整待批的领导小组可以提请调整成员。": (
        "Members change once a group is established, and while no other change waits."
    ),
    "批准前一切照旧。继任者接任原职务的，席位随职务，不必调整。成员单位自己提出的，也由办公室填报，理由中写明。": (
        "Nothing changes before it is approved. Who succeeds in a post takes its seat anyhow and needs no change here."
        " What a member unit asks for itself is filed by the office, too, with the unit named in the reason."
    ),
    "现有席位": "Present seats",
    "终止席位": "End the seat",
    "改由这一职务担任": "Pass it to this post",
    "增补席位": "Seats to be added",
    "提请批准": "Propose",
    "已提出议事规则，等领导小组批准。": "The rules were proposed; the leadership group decides.",
    "只有已成立、没有调整待批的领导小组可以提出议事规则。": (
        "Rules are proposed once a group is established, and while no change of members waits."
    ),
    "批准后生效：谁审批、提交给谁、会议请谁、怎样才算有效，都按这里的规则。": (
        "Once adopted these rules hold: who approves, whom things climb to, whom meetings invite, what makes them"
        " valid."
    ),
    "审批": "Approval",
    "由谁决定项目、申请、督办单申诉和成员调整": (
        "Who decides on projects, requests, appeals against notices and changes of members"
    ),
    "副组长单独审批的金额上限（元）": "Largest amount that a deputy leader alone approves (yuan)",
    "不填为不限；超过的由组长审批": "Empty: any amount; above it the leader approves",
    "担任领导职务的成员也可审批资金，上限相同": (
        "Members with a leader's post approve money, too, up to the same amount"
    ),
    "事项提交领导小组时通知谁": "Who is told when something climbs to the group",
    "到会单位须超过": "Share of units that must be exceeded",
    "其中至少一人到会": "One of these must be there",
    "参加": "Invited",
    "主持（依次递补）": "Chair, the first who can",
    "第%(place)s主持": "Chair %(place)s",
    "各类事项最低由哪一级会议决定": "The lowest meeting that may decide a matter",
    "议题和跟踪": "Topics and follow-up",
    "一次会议受理的申报议题最多": "Proposed topics of a meeting at most",
    "个": "topics",
    "议题须附材料": "A topic needs a paper",
    "未办结的议定事项满多少天再上会，0为不按天数": "Days after which unfinished decisions return; 0: not by days",
    "天": "days",
}
GROUP_COUNTS: dict[str, tuple[str, str]] = {
    "空缺%(num)s席": ("%(num)s vacant", "%(num)s vacant"),
}
