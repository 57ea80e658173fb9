"""The main menu: folded where it is long, and it always says where one is."""

import pytest
from flask import Flask

from app.pages import menu

OPEN_TO_ALL = {"pages.home", "calls.index", "clusters.index", "publishing.dashboard", "pages.help_index"}
APPLICANT = OPEN_TO_ALL | {"applications.mine", "projects.mine", "milestones.duties", "analytics.index"}
OFFICER = {e.endpoint for g in menu.MENU for e in g.entries} - {
    "applications.mine", "projects.mine", "milestones.duties", "reviews.mine", "pages.people", "pages.mail",
}  # fmt: skip


def test_every_entry_is_a_page_of_its_own_and_holds_only_what_exists(app: Flask) -> None:
    entries = [e for g in menu.MENU for e in g.entries]
    assert len({e.endpoint for e in entries}) == len(entries)
    for entry in entries:
        assert entry.endpoint in app.view_functions
        for name in entry.holds:
            assert name in app.view_functions if "." in name else name in app.blueprints, name


def test_a_short_menu_stands_in_one_row_and_a_long_one_is_folded() -> None:
    assert not any(place.folded for place in menu.places(OPEN_TO_ALL.__contains__, "pages.home"))
    assert not any(place.folded for place in menu.places(APPLICANT.__contains__, "pages.home"))
    row = menu.places(OFFICER.__contains__, "pages.home")
    assert [place.folded for place in row if len(place.entries) > 1] == [True] * 4
    assert len(row) <= 8 and sum(len(place.entries) for place in row) == len(OFFICER)


@pytest.mark.parametrize(
    ("may", "endpoint", "entry"),
    [
        (OFFICER, "money.cost", "projects.index"),
        (APPLICANT, "money.cost", "projects.mine"),
        (OFFICER, "outcomes.follow_up", "outcomes.reports"),
        (OFFICER, "applications.detail", "applications.officer_list"),
        (APPLICANT, "applications.detail", "applications.mine"),
        (OFFICER, "clusters.business", "clusters.businesses"),
        (OFFICER, "selection.ranking", "reviews.decisions"),
        (OPEN_TO_ALL, "publishing.figure", "publishing.dashboard"),
        (OPEN_TO_ALL, "accounts.sign_in", None),
    ],
)
def test_a_page_is_marked_where_its_reader_looks_for_it(may: set[str], endpoint: str, entry: str | None) -> None:
    marked = [place.current.endpoint for place in menu.places(may.__contains__, endpoint) if place.current]
    assert marked == ([entry] if entry else [])
