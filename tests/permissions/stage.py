"""The city on which the table is tried: the same things twice, ordinary and confidential, and everybody's own."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import insert, select, text

from app.core.clock import FixedClock
from app.core.database import Database
from app.edge.attachment import open_store
from app.factory import create_app
from app.models.call import CallEntry, CallProposal, CallReviewer, FundCall
from app.models.delegation import Delegation
from app.models.escalation import Escalation
from app.models.long_work import LongWork
from app.models.message import Message
from app.models.organisation import Holding
from app.models.personal import MARK_CHARS, SavedView
from app.models.record import Outbox
from app.models.remark import ItemCopy
from app.policy.people import find_actor
from app.services.account.identity import link_identity
from app.services.act import Act
from app.services.document.registering import register_document
from app.services.fund.drafting import Draft, Goal, Instalment, draft_allocation
from app.services.fund.keeping import BudgetEntry, open_fund, post_budget
from app.services.linking import Link, add_links
from app.services.message.hook import add_webhook, queue_test
from app.services.on_item.copying import NewCopies, send_copies
from app.services.on_item.remark import NewRemark, write_remark
from app.services.organisation.token import issue_token
from app.services.organisation.web_session import begin_session, digest_key
from app.services.paperwork.issuing import FileOf, NewPaper, write_paper
from app.services.personal.draft import save_draft
from app.services.personal.feed import make_feed
from app.services.recording import Acting
from app.services.rulebook import Rulebook
from app.services.ruling.drafting import Proposal, draft_change
from config import read_settings
from tests.app.pages.conftest import Visit, give_passwords
from tests.app.services.report_plan.staging import add_delivery, add_plan
from tests.app.services.supervision.asking import ask
from tests.app.services.supervision.stalling import DUE_ON, YELLOW_AT, slips
from tests.city import NOW, City, build_city
from tests.money import RULE, TEXT, WAN
from tests.permissions.meetings.stage import begin_meetings, pay
from tests.permissions.viewers import ADDED, OTHER, VIEWERS, Case
from tests.sweeping import sweep
from workflows.hours import Hours

#: A small file that every check of content takes.
PDF = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
FORM = "task.new"
#: A provider of single sign-on that is away: its pages are there all the same.
ISSUER = "http://127.0.0.1:9"


@dataclass
class Stage:
    """The served city; `ids` by case and name, `other` the ids that belong to no case."""

    app: Flask
    city: City
    ids: dict[Case, dict[str, Any]] = field(default_factory=dict)
    #: Own things by log-in and name.
    own: dict[str, dict[str, Any]] = field(default_factory=dict)
    other: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    #: The cookie and the token against forgery of each log-in.
    sessions: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        """The application's database."""
        found: Database = self.app.extensions["lianban"].database
        return found


def make_stage(url: str, var: Path) -> Stage:
    """Return the stage on an upgraded database."""
    settings = read_settings({
        "LIANBAN_DATABASE_URL": url, "LIANBAN_VAR": str(var), "LIANBAN_SECRET_KEY": "made-up-" * 5,
        "LIANBAN_RATE_LIMIT": "off", "LIANBAN_LOG_IN_LIMIT": "off",
        "LIANBAN_OIDC_ISSUER": ISSUER, "LIANBAN_OIDC_CLIENT_ID": "lianban", "LIANBAN_OIDC_CLIENT_SECRET": "made-up",
    })  # fmt: skip
    app = create_app(settings, FixedClock(YELLOW_AT))
    database: Database = app.extensions["lianban"].database
    city = build_city(database, Rulebook(ZoneInfo("Asia/Shanghai"), Hours()))
    for login, posts in ADDED.items():
        city.add_person(login, *posts)
    give_passwords(database)
    stage = Stage(app, city)
    stage.ids = {case: _begin(city, case) for case in (Case.ORDINARY, Case.CONFIDENTIAL)}
    assert sweep(city, YELLOW_AT).faults == ()
    stage.other = _find_others(city) | _open_fund(city) | add_plan(city)
    stage.ids[Case.ORDINARY]["allocation_id"] = _draft(
        city, stage.other["fund_id"], stage.ids[Case.ORDINARY]["project_id"]
    )
    stage.other |= _call(city, stage.other["fund_id"], stage.ids[Case.ORDINARY]["allocation_id"])
    stage.ids[Case.ORDINARY] |= pay(city, stage.other["fund_id"], stage.ids[Case.ORDINARY]["project_id"])
    for case, ids in stage.ids.items():
        ids.update(begin_meetings(city, case))
    for login in [viewer.login for viewer in VIEWERS if viewer.login] + [OTHER]:
        stage.own[login] = _make_own(city, login, stage.ids[Case.ORDINARY]["project_id"])
        stage.tokens[login] = stage.own[login].pop("token_text")
        stage.sessions[login] = _log_in(app, login)
    stage.sessions[""] = _log_in(app, "")
    for ids in stage.ids.values():
        _complete(stage, ids)
    return stage


def _begin(city: City, case: Case) -> dict[str, int]:
    """Return a document, a task at work made from it, late on the day of the sweep, and a project."""
    is_secret = case is Case.CONFIDENTIAL
    readers = (city.people["wea_staff"],) if is_secret else ()
    with city.database.writing() as session:
        connection = session.connection()
        director = find_actor(connection, city.people["director"], NOW.date())
        assert director is not None
        given = {"kind": "letter", "title": f"{case}来文", "confidential": is_secret, "readers": readers}
        document = register_document(connection, director, NOW, NOW.date(), given, key=None, source="test")
    more: dict[str, Any] = {"confidential": is_secret, "reader_ids": readers}
    source = {"source_kind": "other", "source_document_id": document.document_id}
    task = city.task(f"{case}任务", due_on=DUE_ON, supports=("ENE",), details=source, **more)
    appoint = {"person": city.people["tra_staff"]}
    city.do("director", task, "assign")
    city.do("tra_head", task, "receive")
    city.do("tra_head", task, "appoint", appoint)
    city.do("tra_staff", task, "start")
    project = city.project(f"{case}项目", assignee_id=city.people["tra_staff"], **more)
    second = city.task(f"{case}后续任务", supports=("ENE",), assignee_id=city.people["tra_staff"], **more)
    with city.database.writing() as session:
        add_links(
            session, city.book, city.people["director"], NOW, [Link(task, second, "blocks")], source="test"
        )  # fmt: skip
    return {"item_id": task, "project_id": project, "second_id": second, "document_id": document.document_id}


def _open_fund(city: City) -> dict[str, Any]:
    """Return the ids of a fund and of its first posting, which nobody of the table has made."""
    today = YELLOW_AT.date()
    with city.database.writing() as session:
        act = Act(session.connection(), Acting(city.people[OTHER], "finance"), YELLOW_AT, today, "test")
        text = replace(TEXT, first_year=today.year, last_year=today.year + 2)
        fund_id = open_fund(act, city.departments["POL"], text, replace(RULE, from_on=today))
        posting = post_budget(act, fund_id, BudgetEntry("appropriate", today.year, 100 * WAN, "文号"))
    return {"fund_id": fund_id, "posting_id": posting.id}


def _call(city: City, fund_id: int, allocation_id: int) -> dict[str, Any]:
    """Return the ids of a call that waits for its decision: the leader reviews, the allocation takes part."""
    today, by = YELLOW_AT.date(), city.people[OTHER]
    with city.database.writing() as session:
        connection = session.connection()

        def add(model: Any, **values: Any) -> int:  # noqa: ANN401  # a model, its columns
            return int(connection.execute(insert(model).values(**values).returning(model.id)).scalar_one())

        call = add(
            FundCall, fund_id=fund_id, year=today.year, title="申报", text="请申报", opens_on=today, closes_on=today,
            cap_fen=WAN, criteria=[{"name": "必要性", "weight": 100}], state="proposed", created_by=by,
            created_at=YELLOW_AT, changed_at=YELLOW_AT,
        )  # fmt: skip
        connection.execute(insert(CallReviewer).values(call_id=call, person_id=city.people["leader"]))
        entry = add(CallEntry, call_id=call, item_id=allocation_id, entered_by=by, entered_at=YELLOW_AT)
        body = {"lines": [], "missed": [], "cap_fen": WAN, "granted_fen": 0, "worth": 0, "is_certain": True}
        proposal = add(
            CallProposal, call_id=call, computed_at=YELLOW_AT, computed_by=by, input_hash="0" * 64, body=body
        )
    return {"call_id": call, "entry_id": entry, "proposal_id": proposal}


def _draft(city: City, fund_id: int, project_id: int) -> int:
    """Return an allocation that the staff of the lead department drafted under a project."""
    today = YELLOW_AT.date()
    with city.database.writing() as session:
        connection = session.connection()
        actor = find_actor(connection, city.people["tra_staff"], today, YELLOW_AT)
        assert actor is not None
        act = Act(connection, Acting(actor.person_id, "lead_staff", actor.capacities[0]), YELLOW_AT, today, "test")
        goal = Goal("quantity", "接入路口", "120个")
        draft = Draft("设备", fund_id, "采购", "更新", WAN, goals=[goal], instalments=[Instalment(WAN)])
        return draft_allocation(act, city.book, actor, project_id, draft, None)


def _complete(stage: Stage, ids: dict[str, int]) -> None:
    """Add what the sweep has made of the late task, a request about it, and files."""
    city, task = stage.city, ids["item_id"]
    ids["slip_id"] = slips(city, task)[-1].id
    with city.database.reading() as session:
        rung = select(Escalation.id).where(Escalation.item_id == task, Escalation.level == 1)
        ids["rung_id"] = session.execute(rung.order_by(Escalation.id).limit(1)).scalar_one()
    ids["request_id"] = ask(city, "tra_head", task, "ask_suspension", YELLOW_AT, reason="等待上级立项")
    ids["attachment_id"] = _upload(stage, f"/api/v1/items/{task}/attachments")
    ids["scan_id"] = _upload(stage, f"/api/v1/documents/{ids['document_id']}/attachments")
    ids |= _freeze(stage, ids["slip_id"])
    ids |= _add(city, task)
    ids["version"] = city.version(task)


def _freeze(stage: Stage, slip: int) -> dict[str, Any]:
    """Return a slip's issued paper with its code, and a file that was not typeset."""
    context, by = stage.app.extensions["lianban"], stage.city.people[OTHER]
    stored = open_store(context).put(BytesIO(PDF), len(PDF))
    code = f"{slip:020d}"
    paper = NewPaper(
        "slip", slip, slip, "", "1", 1, f"预警〔2026〕{slip}号", code, None, None, "预警单", "Warning", "办公室",
        "Office", confidential=False, tells_of=(), data_at=YELLOW_AT, issued_at=YELLOW_AT, rule_set_id=None, template=1,
    )  # fmt: skip
    files = [FileOf("pdf", "zh", stored.sha256, stored.size_bytes, "slip-zh.pdf")]
    with stage.city.database.writing() as session:
        paper_id = write_paper(
            session.connection(), Acting(by, "office"), YELLOW_AT, paper, files, series=None, source="test",
            person_id=by, post_id=None,
        )  # fmt: skip
    return {"paper_id": paper_id, "code": code}


def _add(city: City, task: int) -> dict[str, int]:
    """Return a remark of the assignee's, and a copy that the director sent to one of the office."""
    now, today = YELLOW_AT, YELLOW_AT.date()
    with city.database.writing() as session:
        connection = session.connection()
        remark = write_remark(
            connection, city.people["tra_staff"], now, today, task, NewRemark("请看附件"), key=None, source="test"
        )
        sent = send_copies(
            connection, city.book, city.people["director"], now, task, NewCopies((city.people[OTHER],)), key=None,
            source="test",
        )  # fmt: skip
    return {"remark_id": remark.remark_id, "copy_id": sent.copy_ids[0]}


def _upload(stage: Stage, path: str) -> int:
    answer: Any = stage.app.test_client().post(
        path,
        headers={"Authorization": f"Bearer {stage.tokens['director']}"},
        data={"file": (BytesIO(PDF), "scan.pdf"), "kind": "other"},
    )
    assert answer.status_code == 201, answer.text
    return int(answer.json["id"])


def _find_others(city: City) -> dict[str, Any]:
    """Return ids that belong to no case: of the organisation, of templates, of the rules."""
    with city.database.writing() as session:
        connection = session.connection()
        act = Act(connection, Acting(city.people["admin"], "admin"), YELLOW_AT, YELLOW_AT.date(), "test")
        template = connection.execute(text("SELECT min(id) FROM project_template")).scalar_one()
        webhook = add_webhook(act, "https://example.com/hook", ["rung"])[0]
        delivery = queue_test(act, webhook)
        identity = link_identity(act, city.people["wea_head"], ISSUER, "person-0")
        holding = connection.execute(select(Holding.id).where(Holding.post_id == city.posts["wea_head"])).scalar_one()
        writer = Act(connection, Acting(city.people[OTHER], "office"), YELLOW_AT, YELLOW_AT.date(), "test")
        change = draft_change(writer, Proposal({"task.idle": "workdays(16)"}, "季度调整"))
        rule_set = connection.execute(text("SELECT min(id) FROM rule_set")).scalar_one()
        of_webhook = text("SELECT min(id) FROM audit WHERE subject LIKE 'webhook:%'")
        audit = connection.execute(of_webhook).scalar_one()
    return {
        "department_id": city.departments["WEA"], "into": city.departments["POL"], "person_id": city.people["wea_head"],
        "post_id": city.posts["wea_head"], "holding_id": holding, "template_id": template, "webhook_id": webhook,
        "delivery_id": delivery, "identity_id": identity, "change_id": change, "rule_set_id": rule_set,
        "audit_id": audit, "free_id": city.people[OTHER], "receiver_id": city.people["wea_head"],
    }  # fmt: skip


def _make_own(city: City, login: str, city_item: int) -> dict[str, Any]:
    """Return one of everything that is somebody's own; the copy is of `city_item`."""
    person = city.people[login]
    with city.database.writing() as session:
        connection = session.connection()
        act = Act(connection, Acting(person, "self"), YELLOW_AT, YELLOW_AT.date(), "test")
        token = issue_token(act, person, "own")
        spare = issue_token(act, person, "spare")
        feed = make_feed(act, "own", "zh", None)
        save_draft(connection, person, FORM, None, {"f.title": login}, YELLOW_AT)

        def add(model: Any, **values: Any) -> int:  # noqa: ANN401  # a model, its columns
            return int(connection.execute(insert(model).values(**values).returning(model.id)).scalar_one())

        view = add(SavedView, person_id=person, place="tasks", name="own", query="view=open", created_at=YELLOW_AT)
        work = add(
            LongWork, kind="export", person_id=person, lang="zh", arguments={"query": "/tasks", "format": "xlsx"},
            asked_at=YELLOW_AT, status="waiting",
        )  # fmt: skip
        # Each in a time of its own: nobody lends the same twice at once.
        begin = YELLOW_AT + timedelta(days=10 * person)
        delegation = add(
            Delegation, principal_id=city.people["wea_head"], substitute_id=person, from_at=begin,
            to_at=begin + timedelta(days=5), reason="出差", made_by=city.people["wea_head"], made_at=YELLOW_AT,
            is_by_office=False,
        )  # fmt: skip
        done = add(
            LongWork, kind="export", person_id=person, lang="zh", arguments={"query": "/tasks", "format": "csv"},
            asked_at=YELLOW_AT, finished_at=YELLOW_AT, status="done", file_name="tasks.csv",
        )  # fmt: skip
        owed = add(
            Outbox, recipient=f"U:{person}", topic="account", payload={}, status="sent", not_before=YELLOW_AT,
            created_at=YELLOW_AT,
        )  # fmt: skip
        copy = add(
            ItemCopy, item_id=city_item, person_id=person, sent_by=city.people["director"], sent_at=YELLOW_AT,
            is_naming=False,
        )  # fmt: skip
        message = add(
            Message, outbox_id=owed, person_id=person, topic="account", is_critical=False, payload={},
            told_at=YELLOW_AT, created_at=YELLOW_AT,
        )  # fmt: skip
        report = add_delivery(connection, person)
        mark = digest_key(begin_session(connection, person, "Firefox", YELLOW_AT))[:MARK_CHARS]
    return {
        "token_text": token.text, "token_id": spare.id, "own_token_id": spare.id, "feed_id": feed.id, "view_id": view,
        "work_id": work, "done_id": done, "delegation_id": delegation, "message_id": message, "feed_key": feed.key,
        "own_copy_id": copy, "mark": mark, **report,
    }  # fmt: skip


def _log_in(app: Flask, login: str) -> tuple[str, str]:
    """Return the cookie of a new session and its token against forgery; of nobody's session without a log-in."""
    visit = Visit(app.test_client(), login)
    if login:
        assert visit.log_in(login).status_code == 303
        visit.get("/me")
    else:
        visit.get("/login")
    cookie = visit.client.get_cookie("session")
    assert cookie is not None
    assert visit.token
    return cookie.value, visit.token
