"""Fields that steps on money ask for."""

from workflows.machine import Field
from workflows.words import Text

granted = Field(
    "amount", "amount",
    Text("核定金额（元；不填则按已拟定的金额，没有拟定的按申请）",
         "Amount granted (yuan; left out: as proposed before, else as asked for)"),
    required=False,
)  # fmt: skip
amount = Field("amount", "amount", Text("金额（元）", "Amount (yuan)"))
basis = Field("basis", "text", Text("依据（会议纪要或决定文号）", "Basis (number of the meeting's decision)"))
basis_if_any = Field(
    "basis", "text", Text("依据（会议纪要或决定文号）", "Basis (number of the meeting's decision)"), required=False
)
instalment = Field("instalment", "number", Text("期次", "Instalment"))
payee_department = Field(
    "department",
    "department",
    Text("收款单位（不填则为本单位）", "Payee (left out: the own department)"),
    required=False,
)
payee_account = Field("account", "text", Text("收款账号", "Payee's account"))
payee_bank = Field("bank", "text", Text("开户银行", "Payee's bank"))
contract = Field(
    "contract", "text", Text("合同或任务（名称、编号）", "Contract or task (name, number)"), required=False
)
voucher = Field("voucher", "text", Text("凭证号", "Voucher number"))
paid_on = Field("paid_on", "date", Text("支付日期（不填则为今天）", "Day of payment (left out: today)"), required=False)
spent_on = Field("spent_on", "date", Text("支出日期", "Day of spending"))
spent_for = Field("spent_for", "text", Text("支出内容", "What it was spent on"))
receipts = Field(
    "receipts", "text", Text("票据（名称、号码或存放处）", "Receipts (name, number or where they are kept)")
)
into = Field("into", "item", Text("调入的资金申请（编号）", "Allocation that receives it (its id)"))
said_by = Field("said_by", "text", Text("异议人（单位或姓名）", "Who objects"))
objection = Field("text", "text", Text("异议内容", "The objection"))
answer = Field("answer", "text", Text("答复", "Answer"))
results = Field("results", "text", Text("完成情况", "What was achieved"))
goal_results = Field("goal_results", "answers", Text("绩效目标逐条完成情况", "Result of each performance goal"))
score = Field("score", "percent", Text("评价得分（0至100）", "Score (0 to 100)"))
assessment = Field("assessment", "text", Text("评价意见", "Assessment"))
evidence = Field("evidence", "text", Text("完成依据", "Proof that it is met"))
