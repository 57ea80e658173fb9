"""One record of every file that leaves the house, who reads it, when administrators are told (B31)."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.core import taken
from app.core.clock import today
from app.core.db import session
from app.core.errors import Refused
from app.core.outbox import OutboxItem
from app.core.taken import FileTaken
from app.organisations.models import Affiliation
from tests.factories import people, portfolio, proposals


def _rows() -> list[tuple[str, str, str, int | None]]:
    return [(f.what, f.sort, f.kind, f.row_count) for f in session.query(FileTaken).order_by(FileTaken.id)]


def test_files_are_on_record_whoever_of_the_programme_takes_them_and_two_roles_read_it(
    app: Any, client_for: Any
) -> None:
    for _ in range(3):
        portfolio.project()
    officer, applicant = people.person("officer"), people.person("applicant")
    session.commit()
    browser = client_for(officer)
    assert browser.get("/rates/participation/records.csv").status_code == 200
    assert browser.get("/officer/applications.csv?text=ZQASKED").status_code == 200
    assert browser.post("/portfolio/explorer/export", data={"kind": "csv"}).status_code == 200
    assert client_for(applicant).get("/rates/participation/figures.csv").status_code == 200
    assert browser.get("/portfolio").status_code == 200
    found = _rows()
    assert [row[:3] for row in found] == [
        ("analytics.records_csv", "list", "csv"), ("applications.officer_csv", "list", "csv"),
        ("portfolio.export", "list", "csv"),
    ]  # fmt: skip
    assert (found[0][3] or 0) > 3 and found[1][3] == 0 and found[2][3] == 3
    for role, status in (("admin", 200), ("auditor", 200), ("officer", 403), ("cluster_manager", 403)):
        answer = client_for(people.person(role)).get("/exports")
        assert answer.status_code == status
        assert ("ZQASKED" in answer.text) is (status == 200)
    assert "ZQASKED" not in client_for(people.person("admin")).get(f"/exports?person={applicant.id}").text
    tied, application = people.person("auditor"), proposals.submitted()
    session.add(
        Affiliation(
            user_id=tied.id, organisation_id=application.members[2].organisation_id, valid_from=date(2010, 4, 1)
        )
    )
    session.commit()
    page = client_for(tied).get("/exports")
    assert page.status_code == 200 and "ZQASKED" not in page.text and officer.name in page.text


def test_much_on_one_day_is_told_once_and_many_big_files_and_orders_have_to_wait(
    app: Any, client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        taken, "limits", taken.Limits(rows_a_day=10, files_a_day=99, big=5, big_an_hour=3, orders_an_hour=2)
    )
    for _ in range(6):
        portfolio.project()
    officer, admin = people.person("officer"), people.person("admin")
    session.commit()
    browser = client_for(officer)
    letters = session.query(OutboxItem).filter(OutboxItem.dedupe_key.like(f"taken:{officer.id}:%"))
    for told in (0, 1, 1):
        assert browser.post("/portfolio/explorer/export", data={"kind": "csv"}).status_code == 200
        assert letters.count() == told
    assert letters.one().payload["to"] == admin.email and "12" in letters.one().payload["body"]
    refused = browser.post("/portfolio/explorer/export", data={"kind": "csv"})
    assert refused.status_code == 429 and len(_rows()) == 3, "nothing left, and nothing was written down"
    assert (
        client_for(people.person("officer")).post("/portfolio/explorer/export", data={"kind": "csv"}).status_code == 200
    )
    for row in session.query(FileTaken).filter_by(user_id=officer.id):
        session.execute(
            FileTaken.__table__.update()
            .where(FileTaken.__table__.c.id == row.id)
            .values(at=row.at - timedelta(hours=2))
        )  # type: ignore[attr-defined]
    session.commit()
    assert browser.post("/portfolio/explorer/export", data={"kind": "csv"}).status_code == 200
    for _ in range(2):
        taken.order(officer, "report", f"{today()}")
    with pytest.raises(Refused, match="too-many-files"):
        taken.order(officer, "report", "")
