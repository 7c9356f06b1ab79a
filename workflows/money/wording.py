"""What accounts, operations and grades are called."""

from workflows.words import Text

ACCOUNT_LABELS = {
    "source": Text("资金来源", "source"),
    "uncommitted": Text("可用", "free"),
    "reserved": Text("申请占用", "reserved"),
    "committed": Text("已下达未拨付", "allocated, not paid"),
    "paid": Text("已拨付未核销", "paid, not accounted for"),
    "spent": Text("已核销支出", "spent"),
    "returned": Text("退回", "returned"),
    "carried_over": Text("结转", "carried over"),
}

OPERATION_LABELS = {
    "appropriate": Text("资金到位", "Appropriation"),
    "supplement": Text("追加", "Supplement"),
    "cut": Text("核减", "Cut"),
    "earmark": Text("划定专用额度", "Earmark"),
    "release_earmark": Text("解除专用额度", "Earmark released"),
    "reserve": Text("申请占用", "Reservation"),
    "release": Text("释放", "Release"),
    "commit": Text("下达", "Allocation"),
    "pay": Text("拨付", "Payment"),
    "spend": Text("核销", "Spending accepted"),
    "return": Text("退回结余", "Return"),
    "reuse": Text("退回资金再安排", "Returned money freed"),
    "transfer": Text("调剂", "Transfer"),
    "take_back": Text("收回闲置", "Idle money taken back"),
    "carry": Text("年度结转", "Carry-over"),
    "surrender": Text("结余上缴", "Surplus surrendered"),
    "reverse": Text("冲销", "Reversal"),
}

CONTROL_LABELS = {
    "stop": Text("超出即停", "stop"),
    "warn": Text("超出须特批", "by exception"),
    "free": Text("不控制", "not controlled"),
}

SURPLUS_LABELS = {
    "carry": Text("结转下年", "carried into the next year"),
    "surrender": Text("收回总预算", "surrendered"),
}

GOAL_LABELS = {
    "quantity": Text("数量", "quantity"),
    "quality": Text("质量", "quality"),
    "time": Text("时效", "time"),
    "cost": Text("成本", "cost"),
    "benefit": Text("效益", "benefit"),
    "satisfaction": Text("满意度", "satisfaction"),
}
