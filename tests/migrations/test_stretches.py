"""A city as earlier revisions had it upgrades to the newest on both databases, and the product works then."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from app.core.clock import FixedClock
from app.core.database import Database
from app.core.migration import downgrade, upgrade
from app.factory import create_app
from app.jobs.sweep import run_sweep
from app.policy.access import compare
from app.services.fund.checking import check_ledger
from tests.app.jobs.backup.staging import make_tools
from tests.app.pages.conftest import Visit, give_passwords
from tests.city import NOW, City
from tests.client import Caller, make_settings
from tests.databases import prepare

#: Revisions from each stretch of the product's life: slips, drafts, signing, rules, calls, minutes. Before 0005 there
#: is no way back, since a sweep makes slips, and they are kept.
STRETCHES = ("0027", "0023", "0019", "0012", "0009", "0005")
PAGES = ("/", "/inbox", "/projects", "/tasks", "/funds", "/meetings", "/reports", "/city", "/me")


def test_a_city_of_every_stretch_works_after_its_upgrade(caller: Caller, tmp_path: Path) -> None:
    """A city with work in it, as the releases of long ago had it: pages, a sweep and the checks after the upgrade."""
    city = caller.city
    task = city.task(supports=("ENE",))
    project = city.project()
    city.do("office1", task, "assign")
    city.do("tra_head", task, "receive")
    give_passwords(city.database)
    before = read_history(city)
    for at, revision in enumerate(STRETCHES):
        downgrade(city.database, revision)
        upgrade(city.database)
        prepare(city.database)
        assert read_history(city) == before
        check_works(city, caller, tmp_path, at)
        before = read_history(city)
    assert city.state(task) == "received"
    assert city.state(project) == "proposed"


def read_history(city: City) -> list[tuple[int, str, str]]:
    """Return what happened."""
    with city.database.reading() as session:
        rows = session.execute(text("SELECT item_id, action, to_state FROM history ORDER BY id")).all()
    return [(row[0], row[1], row[2]) for row in rows]


def check_works(city: City, caller: Caller, var: Path, days: int) -> None:
    """Look at the main pages, sweep, write, and run the checks."""
    database: Database = city.database
    at = NOW + timedelta(days=1 + days)  # before anything makes slips, which could not be taken back
    assert run_sweep(make_tools(database, var, at), at, source="test").faults == ()
    with database.reading() as session:
        assert compare(session.connection()) == []
        assert not check_ledger(session.connection()).faults
    url = caller.context.settings.database_url
    visit = Visit(create_app(make_settings(url, var), FixedClock(at)).test_client())
    visit.log_in("office1")
    for page in PAGES:
        answer = visit.get(page)
        assert answer.status_code == 200, page
    city.do("office1", city.task(), "assign")
