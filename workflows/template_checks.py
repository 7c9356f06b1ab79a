"""What must hold between the parts of a template: names exist, nothing waits for itself, the sums are right."""

from collections.abc import Iterable

from workflows.loops import find_loop
from workflows.template import TaskPlan, Template
from workflows.template_fields import Fields

_WHOLE_PCT = 100


def check_whole(fields: Fields, template: Template) -> None:
    """Add the faults that no single field shows; what was faulty by itself (an empty key) is not named again."""
    for name, keys in (
        ("role", [role.key for role in template.roles]),
        ("phase", [phase.key for phase in template.phases]),
        ("task", [task.key for task in template.tasks]),
        ("milestone", [milestone.key for milestone in template.milestones]),
    ):
        _check_unique(fields, name, keys)
    _check_roles(fields, template)
    for number, task in enumerate(template.tasks, 1):
        _check_task(fields, template, task, f"task[{number}]")
    _check_order(fields, template)
    _check_milestones(fields, template)


def _check_unique(fields: Fields, name: str, keys: Iterable[str]) -> None:
    seen: dict[str, int] = {}
    for number, key in enumerate(keys, 1):
        if key and key in seen:
            fields.refuse(f"{name}[{number}].key", f"代码“{key}”与{name}[{seen[key]}]重复",
                          f"the key {key!r} is that of {name}[{seen[key]}] too")  # fmt: skip
        seen.setdefault(key, number)


def _check_roles(fields: Fields, template: Template) -> None:
    leads = [number for number, role in enumerate(template.roles, 1) if role.is_lead]
    if len(leads) != 1 and template.roles:
        fields.refuse("role", f"应有且只有一个牵头角色（lead = true），现有{len(leads)}个",
                      f"exactly one role leads (lead = true), got {len(leads)}")  # fmt: skip
    if len(template.roles) == 1:
        fields.refuse("role", "联合项目至少要有两个角色", "a joint project has at least two roles")
    for number, role in enumerate(template.roles, 1):
        if role.is_lead and role.is_outside:
            fields.refuse(f"role[{number}].outside", "政府以外的单位不能牵头", "a party outside government cannot lead")


def _check_task(fields: Fields, template: Template, task: TaskPlan, place: str) -> None:
    roles = {role.key: role for role in template.roles}
    phases = {phase.key: phase for phase in template.phases}
    phase = phases.get(task.phase)
    if task.phase and phase is None:
        fields.refuse(f"{place}.phase", f"没有阶段“{task.phase}”", f"there is no phase {task.phase!r}")
    if phase is not None and 0 < phase.workdays < task.limit_workdays:
        fields.refuse(
            f"{place}.limit_workdays", f"时限{task.limit_workdays}个工作日，长于所在阶段（{phase.workdays}个工作日）",
            f"a limit of {task.limit_workdays} working days is longer than its phase ({phase.workdays})",
        )  # fmt: skip
    if task.lead and task.lead not in roles:
        fields.refuse(f"{place}.lead", f"没有声明角色“{task.lead}”", f"the role {task.lead!r} is not declared")
    elif task.lead and roles[task.lead].is_outside:
        fields.refuse(f"{place}.lead", "政府以外的单位不能牵头任务", "a party outside government cannot lead a task")
    seen: set[str] = set()
    for number, support in enumerate(task.supports, 1):
        at = f"{place}.support[{number}].role"
        if support.role and support.role not in roles:
            fields.refuse(at, f"没有声明角色“{support.role}”", f"the role {support.role!r} is not declared")
        elif support.role and support.role == task.lead:
            fields.refuse(at, "牵头角色不能同时配合", "the role that leads does not support as well")
        elif support.role in seen:
            fields.refuse(at, f"角色“{support.role}”写了两次", f"the role {support.role!r} stands here twice")
        seen.add(support.role)


def _check_order(fields: Fields, template: Template) -> None:
    """Check what waits for what: it exists, comes earlier, and no chain closes."""
    tasks = {task.key: task for task in template.tasks if task.key}
    places = {task.key: f"task[{number}]" for number, task in enumerate(template.tasks, 1)}
    order = {phase.key: number for number, phase in enumerate(template.phases)}
    followers: dict[str, list[str]] = {key: [] for key in tasks}
    for task in tasks.values():
        for earlier in task.after:
            if earlier in tasks:
                followers[earlier].append(task.key)
            else:
                fields.refuse(f"{places[task.key]}.after", f"没有任务“{earlier}”", f"there is no task {earlier!r}")
    loop = find_loop(followers)
    if loop is not None:
        chain = " → ".join(loop)
        fields.refuse(f"{places[loop[0]]}.after", f"会形成循环：{chain}", f"this closes a loop: {chain}")
        return
    for task in tasks.values():
        for waited in (tasks[key] for key in task.after if key in tasks):
            if task.phase not in order or waited.phase not in order:
                continue
            mine, other = (order[task.phase], task.limit_workdays), (order[waited.phase], waited.limit_workdays)
            if mine < other:
                fields.refuse(f"{places[task.key]}.after", f"所等待的“{waited.key}”到期更晚",
                              f"{waited.key!r}, for which it waits, is due later")  # fmt: skip


def _check_milestones(fields: Fields, template: Template) -> None:
    phases = {phase.key: phase for phase in template.phases}
    for number, milestone in enumerate(template.milestones, 1):
        phase = phases.get(milestone.phase)
        at = f"milestone[{number}]"
        if milestone.phase and phase is None:
            fields.refuse(f"{at}.phase", f"没有阶段“{milestone.phase}”", f"there is no phase {milestone.phase!r}")
        elif phase is not None and 0 < phase.workdays < milestone.offset_workdays:
            fields.refuse(
                f"{at}.offset_workdays", f"超出所在阶段（{phase.workdays}个工作日）",
                f"it lies behind its phase ({phase.workdays} working days)",
            )  # fmt: skip
    total = sum(milestone.weight_pct for milestone in template.milestones)
    if template.milestones and total != _WHOLE_PCT:
        fields.refuse("milestone", f"权重之和应为100，现为{total}", f"the weights make 100 together, got {total}")
