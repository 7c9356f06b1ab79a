"""First steps: what somebody in a role does on the first day, with the way to each place; put away once read."""

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.edge.auth import make_act
from app.edge.context import current_context
from app.pages.session import Visitor
from app.pages.words import gettext as _
from app.services.organisation.person import put_guide_away

pages = Blueprint("guide", __name__)
#: In which order the roles of somebody who has several come.
_ORDER = ("office", "head", "leader", "finance", "member", "auditor", "admin")


@dataclass(frozen=True, slots=True)
class GuideStep:
    """What to do, why, and where."""

    title: str
    why: str
    address: str


@dataclass(frozen=True, slots=True)
class Guide:
    """The steps of one role."""

    heading: str
    steps: tuple[GuideStep, ...]


@pages.get("/guide")
def show() -> str:
    """Show the first steps of every role that the visitor holds."""
    return render_template("guide.html", here="me", guides=list_guides(current_user))


@pages.post("/guide")
def put_away() -> Response:
    """Put the first steps away; they stay at their own address."""
    context, person_id = current_context(), current_user.person_id
    context.database.write(
        lambda unit: put_guide_away(make_act(context, unit, person_id, role="self", source="page"), person_id)
    )
    return redirect(url_for("home.show_home"), 303)


def list_guides(visitor: Visitor) -> tuple[Guide, ...]:
    """Return the first steps of the roles that the visitor holds; of nobody's where they hold no post yet."""
    held = {post.duty for post in visitor.posts}
    made = {"office": _office, "head": _head, "leader": _leader, "finance": _finance, "member": _member,
            "auditor": _auditor, "admin": _admin}  # fmt: skip
    return tuple(made[duty]() for duty in _ORDER if duty in held)


def _office() -> Guide:
    return Guide(
        _("协调办的第一天"),
        (
            GuideStep(
                _("先看“待办”"), _("待核验、待裁定、待交办的事项都在这里，最急的排在最前。"), url_for("inbox.show")
            ),
            GuideStep(
                _("看清哪里卡住"),
                _("“催办”按四级列出停滞事项：卡在哪个单位、为什么、何时再升级。"),
                url_for("escalation.show_board"),
            ),
            GuideStep(
                _("交办一项任务"),
                _("填写牵头单位、期限和验收标准；写到一半离开，草稿会留着。"),
                url_for("batch.show_new"),
            ),
            GuideStep(_("生成工作月报"), _("同一份数据生成PDF，签发后不再改变。"), url_for("report.show")),
        ),
    )


def _head() -> Guide:
    return Guide(
        _("部门负责人的第一天"),
        (
            GuideStep(
                _("处理等您决定的事项"),
                _("会签、审批、本单位的申请都在“待办”；每行写明等了多久、不办会怎样。"),
                url_for("inbox.show"),
            ),
            GuideStep(
                _("看本单位承办的任务"), _("灯号说明进度是否正常；点灯号可看判定的依据。"), url_for("item.list_tasks")
            ),
            GuideStep(
                _("外出前安排代理"),
                _("指定代理人和起止时间，对方接受后生效，到期自动收回。"),
                url_for("delegation.show_own"),
            ),
            GuideStep(
                _("选定接收消息的方式"),
                _("催办和轮到您签署的消息不能关闭，其余由您决定。"),
                url_for("message.show_choice"),
            ),
        ),
    )


def _leader() -> Guide:
    return Guide(
        _("领导小组成员的第一天"),
        (
            GuideStep(_("一页看全市"), _("项目灯号、按期率、卡在哪里；每个数字都能点开看清单。"), url_for("city.show")),
            GuideStep(
                _("看请您决定的事项"), _("只有需要您签批的才会出现，签批前写明表决规则。"), url_for("inbox.show")
            ),
            GuideStep(_("读最近一期月报"), _("第一页是结论和需要决定的事，后面是依据。"), url_for("report.show")),
        ),
    )


def _finance() -> Guide:
    return Guide(
        _("财务人员的第一天"),
        (
            GuideStep(
                _("看本单位的项目和预算"),
                _("预算以分为单位登记，列表按元显示，可导出核对。"),
                url_for("item.list_projects"),
            ),
            GuideStep(_("看等您处理的事项"), _("轮到您签署或报送时会出现在“待办”。"), url_for("inbox.show")),
            GuideStep(_("订阅到期日历"), _("把期限放进您自己的日历程序，地址可随时作废。"), url_for("feed.show")),
        ),
    )


def _member() -> Guide:
    return Guide(
        _("承办人员的第一天"),
        (
            GuideStep(_("看您承办的任务"), _("先签收，再开始承办；签收期限从交办起算。"), url_for("inbox.show")),
            GuideStep(
                _("按期报送进展"),
                _("应报的报告列在“我的工作”，写进度、存在的问题和预计完成日期。"),
                url_for("home.show_home"),
            ),
            GuideStep(
                _("办结时逐条说明"), _("每条验收标准写明完成情况，佐证材料放进附件。"), url_for("item.list_tasks")
            ),
            GuideStep(_("订阅到期日历"), _("把期限放进您自己的日历程序，地址可随时作废。"), url_for("feed.show")),
        ),
    )


def _auditor() -> Guide:
    return Guide(
        _("审计人员的第一天"),
        (
            GuideStep(_("从日志看起"), _("谁在何时以什么身份做了什么，被拒的操作也在内。"), url_for("log.show")),
            GuideStep(
                _("核对一件事项的全过程"),
                _("事项页的“全部记录”不能更改，签署写明所签的版本。"),
                url_for("item.list_items"),
            ),
            GuideStep(
                _("您的阅看也会留痕"),
                _("您能看到限知事项，但不能改动；每次阅看都记入日志。"),
                url_for("log.show", action="group.reading"),
            ),
        ),
    )


def _admin() -> Guide:
    return Guide(
        _("系统管理员的第一天"),
        (
            GuideStep(
                _("建好机构、岗位和人员"),
                _("权限来自岗位：任职有起止日期，调岗后权限随之改变。"),
                url_for("organisation.show_tree"),
            ),
            GuideStep(
                _("导入放假安排"), _("期限按工作日计算；缺少当年安排时，期限标为暂定。"), url_for("calendar.show")
            ),
            GuideStep(
                _("查看消息是否送达"),
                _("发不出的邮件和推送列在“发送记录”，可以重发。"),
                url_for("message.show_deliveries"),
            ),
            GuideStep(_("看定时任务是否正常"), _("巡检每半小时一次；停了会在首页提示。"), url_for("day.show")),
        ),
    )
