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
    ),
    "cluster": ("/clusters", "/clusters/{cluster}", "/clusters/{cluster}/members", "/clusters/{cluster}/members/import"),
    "admin": ("/", "/admin/mail"),
    "auditor": ("/", "/officer/applications"),
    "": (
        "/", "/calls", "/calls/{call}", "/calls/{call}/self-check", "/help/apply", "/help/together", "/help/budget",
        "/help/documents", "/help/deadline", "/help/after",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_the_other_pages_hold_what_every_page_holds(house: House, visit: Callable[..., Person], name: str) -> None:
    known = {
        "cluster": house.row("SELECT scope FROM user_role WHERE role = 'cluster_manager' AND scope != ''")[0],
        "call": house.row("SELECT id FROM call WHERE status = 'published'")[0],
    }
    person = visit(name)
    for path in PAGES[name]:
        person.go(path.format(**known))
