"""Project templates: which phases a joint project goes through, in order.

Source: the study names two sets of three phases (domain notes R16): foundation, integration, optimisation; and
foundation, pilot, roll-out. The four stages run across every phase.
"""

from dataclasses import dataclass

from workflows.words import Text


@dataclass(frozen=True, slots=True)
class ProjectTemplate:
    """A named set of phases; `code` is what a project keeps."""

    code: str
    label: Text
    phases: tuple[Text, ...]


FOUNDATION = Text("基础建设", "Foundation")

TEMPLATES = {
    template.code: template
    for template in (
        ProjectTemplate(
            "integration",
            Text("基础建设—集成应用—优化迭代", "Foundation, integration, optimisation"),
            (FOUNDATION, Text("集成应用", "Integration"), Text("优化迭代", "Optimisation")),
        ),
        ProjectTemplate(
            "rollout",
            Text("基础建设—试点应用—全面推广", "Foundation, pilot, roll-out"),
            (FOUNDATION, Text("试点应用", "Pilot"), Text("全面推广", "Roll-out")),
        ),
        ProjectTemplate("none", Text("不分阶段", "Without phases"), ()),
    )
}

STAGES = (
    Text("需求分析", "Analysis"),
    Text("系统设计", "Design"),
    Text("开发测试", "Build and test"),
    Text("部署上线", "Go-live"),
)
