"""What the fields of issued papers mean, as `app.schemas.meaning` has it."""

PAPERWORK_MEANINGS: dict[str, tuple[str, str]] = {
    "IssuedPaper.scope_id": ("What it tells of: an item, a department, a fund; null: the whole city",
                             "文件所涉的事项、部门或专项资金，null为全市"),
    "IssuedPaper.period": ("The month or year that it tells of", "所属月份或年度"),
    "IssuedPaper.code": ("The code printed on it, by which anybody checks it", "印在文件上的验证码"),
    "IssuedPaper.template": ("The version of its form", "版式的版本"),
    "IssuedPaper.reason": ("Why it corrects the version before; null: it does not", "更正原因，null为不是更正"),
    "replaces_id": ("The version that it replaces", "所取代的版本"),
    "is_last": ("No version replaces it", "是否现行版本"),
    "frozen_at": ("When its files were made", "定版存档的时间"),
    "data_at": ("The instant of its data", "数据截至时间"),
    "reads_whole": ("Whether the caller may read all that stands in it, and so gets its files",
                    "是否有权查看全部内容，从而取得原件"),
    "may_correct": ("Whether the caller may issue a correction", "是否可以更正"),
    "verdict": ("genuine, or superseded by a later version", "真件，或已被新版取代"),
    "current_version": ("The version in force", "现行版次"),
    "is_restricted": ("Only kind, number and date are told", "限定范围，只说明类别、文号和日期"),
}  # fmt: skip
