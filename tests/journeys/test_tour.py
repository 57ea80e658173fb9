"""The pages that no story comes to, looked at by whom they are made for."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import House, Person

PAGES = {
    "officer": (
        "/", "/calls/new", "/projects", "/officer/flags", "/rates", "/rates/commercialization", "/rates/definitions",
        "/rates/phase-one", "/organisations", "/organisations/new", "/help", "/help/call", "/help/questionnaire",
        "/help/reviewing", "/help/ties", "/help/round", "/help/learning",
        "/officer/learning", "/officer/learning/forecasts", "/officer/learning/plans", "/officer/learning/plans/records",
        "/officer/learning/criteria/records",
        "/awards", "/officer/reports", "/money/waiting", "/pdca", "/portfolio", "/portfolio/pivot", "/portfolio/map",
        "/cluster-targets", "/cluster-figures", "/projects/{work}/milestones", "/projects/{work}/money",
        "/projects/{work}/money/{contract}/costs", "/projects/{work}/money/{contract}/inspection",
        "/projects/{done}/money/assets", "/projects/{done}/money/profit",
    ),
    "cluster": ("/clusters", "/clusters/{cluster}", "/clusters/{cluster}/members", "/clusters/{cluster}/members/import"),
    "admin": ("/", "/admin/mail"),
    "auditor": ("/", "/officer/applications"),
    "": (
        "/", "/calls", "/calls/{call}", "/calls/{call}/self-check", "/help/apply", "/help/together", "/help/budget",
        "/help/documents", "/help/deadline", "/help/after",
    ),
}  # fmt: skip
#: The demonstration's project that has costs and a wish to change, with its contract.
AT_WORK = (
    "SELECT a.project_id, c.id FROM contract c JOIN award a ON a.id = c.award_id"
    " JOIN change_request r ON r.project_id = a.project_id WHERE c.status = 'in_force'"
)


@pytest.mark.parametrize("name", PAGES)
def test_the_other_pages_hold_what_every_page_holds(house: House, visit: Callable[..., Person], name: str) -> None:
    known = {
        "cluster": house.row("SELECT scope FROM user_role WHERE role = 'cluster_manager' AND scope != ''")[0],
        "call": house.row("SELECT id FROM call WHERE status = 'published'")[0],
        "done": house.row("SELECT project_id FROM asset")[0],
        **dict(zip(("work", "contract"), house.row(AT_WORK), strict=True)),
    }
    person = visit(name)
    for path in PAGES[name]:
        person.go(path.format(**known))
