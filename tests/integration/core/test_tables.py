"""Pages by key: forged tokens are none."""

from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.core.tables import encode, keyset
from tests.factories.people import person

pytestmark = pytest.mark.both_databases


def _page(columns: list[Any], **tokens: str) -> list[str]:
    return [row[0] for row in keyset(select(User.email), columns, **tokens).rows]


@pytest.mark.parametrize("values", [["x", "y"], [1, 2], [2**62, 1], [None, 1], [1], ["a", True], [[], 1]])
def test_a_token_that_does_not_fit_its_columns_is_none(app: Any, values: list[Any]) -> None:
    for _n in range(3):
        person()
    columns = [User.name, User.id]
    whole = _page(columns)
    assert len(whole) == 3
    for name in ("after", "before"):
        found = _page(columns, **{name: encode(values)})
        assert found == whole


def test_pages_follow_each_other_both_ways(app: Any) -> None:
    for _n in range(5):
        person()
    columns = [User.name, User.id]
    whole = _page(columns)
    first = keyset(select(User.email), columns, size=2)
    second = keyset(select(User.email), columns, after=first.next, size=2)
    assert [row[0] for page in (first, second) for row in page.rows] == whole[:4]
    back = keyset(select(User.email), columns, before=second.previous, size=2)
    assert [row[0] for row in back.rows] == whole[:2]
