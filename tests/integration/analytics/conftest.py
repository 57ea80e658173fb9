"""The charts' SVG carries <title> elements of its own; the page check is to count the document's only."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import client as support


@pytest.fixture(autouse=True)
def _titles_of_the_document_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    seen = support.Page.handle_starttag

    def without_charts(self: Any, tag: str, attrs: Any) -> None:
        inside = getattr(self, "in_chart", 0)
        self.in_chart = inside + (tag == "svg")
        seen(self, "chart-title" if tag == "title" and inside else tag, attrs)

    def leave(self: Any, tag: str) -> None:
        self.in_chart = getattr(self, "in_chart", 0) - (tag == "svg")

    monkeypatch.setattr(support.Page, "handle_starttag", without_charts)
    monkeypatch.setattr(support.Page, "handle_endtag", leave)
    yield
