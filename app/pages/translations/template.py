"""English texts of the pages of project templates, by their Chinese source."""

TEMPLATE: dict[str, str] = {
    "项目模板": "Project templates",
    "角色、阶段、任务和时限已经写好，选定单位和开始日期即可申报项目。": (
        "Roles, phases, tasks and limits are written; choose departments and a start to propose a project."
    ),
    "还没有项目模板": "No project templates yet",
    "升级数据库时会存入随产品提供的模板。": "Upgrading the database stores those that ship with the product.",
    "随产品提供": "Shipped with the product",
    "本市自建": "Made here",
    "第%(version)s版": "Version %(version)s",
    "报告周期：%(rhythm)s": "Reports owed: %(rhythm)s",
    "只有一种文字": "in one language only",
    "做成项目": "Make a project",
    "导出TOML": "Export as TOML",
    "此模板已停用，不能再做成项目。": "This template is retired; no project is made from it any more.",
    "阶段与环节": "Phases and stages",
    "任务和应形成的文件": "Tasks and the documents expected",
    "角色与分工": "Roles and duties",
    "角色": "Role",
    "分工": "Owes",
    "总牵头": "leads",
    "政府以外": "outside government",
    "时限从本阶段开始起算": "Limits count from the start of the phase",
    "时限": "Limit",
    "验收标准": "Acceptance criteria",
    "阶段评审": "Gate",
    "成效指标": "Indicators",
    "研究报告所称数值仅供参照，不是目标": "What the study claims is for comparison, not a target",
    "指标": "Indicator",
    "计量单位": "Unit",
    "方向": "Direction",
    "研究报告所称": "As the study claims",
    "预算科目": "Budget lines",
    "只列名称，金额在项目中填写": "Names only; amounts belong to the project",
    "由模板申报项目": "Propose a project from a template",
    "预览": "Preview",
    "预览：尚未保存": "Preview: nothing is saved yet",
    "牵头单位：%(name)s": "Lead: %(name)s",
    "标“暂定”的日期涉及尚未导入放假安排的年份": (
        "Provisional dates rest on a year whose official calendar is not loaded"
    ),
    "暂定": "provisional",
    "%(name)s：%(text)s": "%(name)s: %(text)s",
    "项目名称": "Title of the project",
    "开始日期": "Start",
    "任务（去掉不需要的）": "Tasks (untick what is not needed)",
    "项目使用的文字": "Language of the project",
    "申报项目": "Propose the project",
    "重新预览": "Preview again",
    "项目已申报，任务为拟办，交办前可修改。": "The project is proposed; its tasks are drafts until they are assigned.",
}

TEMPLATE_COUNTS: dict[str, tuple[str, str]] = {
    "%(num)s项任务": ("%(num)s task", "%(num)s tasks"),
}
