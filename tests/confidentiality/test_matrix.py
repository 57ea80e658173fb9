"""What docs/confidentiality.md says everybody may know is what they find out through every door and every letter.

Both ways: a mark that shows where the table has no letter is a leak; a letter whose mark shows nowhere is a promise that
is not kept (and a walk that saw nothing).
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from app.core.db import session
from app.reviews.choices import Outcome
from app.reviews.models import Decision, Score
from tests.confidentiality.world import CONFIGURATIONS, MARKS, World
from tests.support import doors

PAGE = Path(__file__).parents[2] / "docs" / "confidentiality.md"


def _matrix() -> dict[str, dict[str, str]]:
    """The declared table: knowledge -> viewer -> letters of the configurations."""
    rows = [
        [cell.strip() for cell in line.strip("| \n").split("|")]
        for line in PAGE.read_text().splitlines()
        if "|" in line
    ]
    tables: dict[str, dict[str, str]] = defaultdict(dict)
    head: list[str] = []
    for row in rows:
        if row[0] == "What":
            head = row
        elif head and not set(row[0]) <= {"-"}:
            for viewer, cell in zip(head[1:], row[1:], strict=True):
                tables[row[0]][viewer] = cell.replace("–", "").replace(" ", "")
    return tables


def test_the_matrix_speaks_of_every_mark_and_everybody() -> None:
    matrix = _matrix()
    assert set(matrix) == set(MARKS)
    assert len({frozenset(cells) for cells in matrix.values()}) == 1
    for cells in matrix.values():
        assert set("".join(cells.values())) <= set(CONFIGURATIONS)


@pytest.mark.parametrize("configuration", CONFIGURATIONS)
def test_everybody_knows_what_the_matrix_says(
    app: Any, client_for: Any, configuration: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://mail.test.example")  # without one, administrators read letters
    world, matrix = World(configuration), _matrix()
    for about in world.abouts():
        doors.print_documents(about)
    values = world.values()
    seen: dict[tuple[str, str], str] = {}
    opened: dict[str, int] = {}
    offered: dict[str, str] = {}
    for viewer, user in world.people.items():
        assert viewer in matrix["title"], viewer

        def look(path: str, status: int, text: str, viewer: str = viewer, user: Any = user) -> None:
            if viewer == "auditor" and status == 200:  # who may change nothing is offered nothing to change
                offered.update((one, path) for one in doors.refused_offers(app, user, path, text))
            for what in world.tells(viewer, text):
                seen.setdefault((what, viewer), path)

        opened[viewer] = doors.walk(app, client_for(user) if user else app.test_client(), values, look)
        look("a letter", 0, world.letters(user))
    expected = {(what, who) for what, cells in matrix.items() for who, cell in cells.items() if configuration in cell}
    assert {key: seen[key] for key in seen.keys() - expected} == {}, "leaks"
    assert expected - seen.keys() == set(), "promised, and found nowhere"
    assert offered == {}, "offered to an auditor, and refused"
    assert min(opened.values()) > 5 and max(opened.values()) > 60


#: People from whom the content of a sent review, a staged decision and the number of reviews are kept.
UNKNOWING = ("lead", "partner", "other applicant", "reviewer, writing", "reviewer, invited", "reviewer, declined",
             "reviewer, tied", "reviewer elsewhere", "recused officer", "recused auditor", "cluster manager")  # fmt: skip


def test_what_is_hidden_moves_nothing_that_is_shown(app: Any, client_for: Any) -> None:
    """No order, count or mean that somebody sees is made of what they may not see: change that, and nothing changes."""
    world = World("W")
    values = world.values()

    def pages() -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for viewer in UNKNOWING:
            user = world.people[viewer]

            def keep(path: str, status: int, text: str, viewer: str = viewer) -> None:
                if status == 200 and path != "/exports":  # it grows by what this walk itself takes out
                    found[viewer, path] = _without_the_moment(text)

            doors.walk(app, client_for(user), values, keep)
        return found

    before = pages()
    sent = world.assignments["reviewer, sent"].review
    assert sent is not None
    for score in session.query(Score).filter_by(review_id=sent.id):
        score.score = 1
    sent.weighted_score, sent.comment_to_panel = 100, "something else"
    decision = session.query(Decision).filter_by(application_id=world.application.id).one()
    decision.outcome, decision.amount_yen, decision.reason = Outcome.rejected, 0, "other grounds"
    session.commit()
    after = pages()
    assert before.keys() == after.keys() and len(before) > 200
    for key in before:
        assert before[key] == after[key], key


def _without_the_moment(text: str) -> str:
    """Without tokens, nonces and clocks, which differ from one request to the next."""
    text = re.sub(
        r"(?i)(content-length: |nonce[-=\"]+|csrf_token\" value=\"|etag: |last-modified: |date: |idempotency_key\" value=\")[^\"\s']+",
        "",
        text,
    )
    return re.sub(r"\d\d:\d\d(:\d\d)?(\.\d+)?|\d+ (days|hours|minutes)", "", text)
