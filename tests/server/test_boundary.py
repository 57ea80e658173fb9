"""The closing to the millisecond under the real server, and a file that was on its way when it came. D44, D45."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from app.applications import queries
from app.applications.models import Application, Submission
from app.calls.models import Call
from app.core.clock import now
from app.core.db import session
from tests.server.test_faults import BOTH, _house
from tests.server.test_submitting import _slow_post
from tests.support import postgres, rush
from tests.support.server import running


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Any) -> str:
    if request.param == "postgresql":
        return postgres.new_database(request.getfixturevalue("postgres_address"))
    return f"sqlite:///{tmp_path / 'renkei.db'}"


def _closes_in(house: Any, seconds: float) -> datetime:
    with house.app.app_context():
        call = session.scalars(select(Call)).one()
        closes_at = call.closes_at = now() + timedelta(seconds=seconds)
        session.commit()
        session.remove()
    return closes_at


def test_the_boundary_is_before_the_closing_and_nothing_else(tmp_path: Any, url: str) -> None:
    """What arrives before the closing is in, what arrives at it or later is not, however long it then takes."""
    with _house(tmp_path, url, 13) as house, running(tmp_path, DATABASE_URL=url) as server:
        *drafts, warm = house.drafts
        rush.run(server.address, [warm], 1, size=50_000)
        closes_at = _closes_in(house, 2.0)

        def send(number: int) -> tuple[int, datetime, int, datetime]:
            draft, line = drafts[number], rush.Line(server.address)
            form = urlencode({"csrf_token": draft.token, "idempotency_key": draft.key}).encode()
            moment = closes_at + timedelta(milliseconds=40 * (number - len(drafts) // 2))
            time.sleep(max(0.0, (moment - now()).total_seconds()))
            sent = datetime.fromtimestamp(time.time(), UTC)
            status = line.send("POST", f"/applications/{draft.application_id}/submit", draft.cookie, form,
                               "application/x-www-form-urlencoded")[0]  # fmt: skip
            line.close()
            return draft.application_id, sent, status, now()

        with ThreadPoolExecutor(len(drafts)) as pool:
            found = list(pool.map(send, range(len(drafts))))
        with house.app.app_context():
            arrived = dict(session.execute(select(Submission.application_id, Submission.arrived_at)).all())
            session.remove()
        assert {status for _id, _sent, status, _answered in found} == {303, 422}
        for key, sent, status, answered in found:
            if status == 303:
                assert sent <= arrived[key] < closes_at
            else:
                assert key not in arrived and answered >= closes_at


@pytest.mark.parametrize(("head_start", "expected"), [(1.0, 303), (-0.2, 422)])
def test_a_file_on_its_way_at_the_closing_counts_from_its_first_byte(
    tmp_path: Any, head_start: float, expected: int
) -> None:
    url = f"sqlite:///{tmp_path / 'renkei.db'}"
    with _house(tmp_path, url, 1) as house, running(tmp_path, DATABASE_URL=url) as server:
        (draft,) = house.drafts
        data = rush.file_of(rush.big_pdf(100_000), draft)
        body = rush._multipart({"csrf_token": draft.token, "replaces": str(draft.replaces)}, "late.pdf", data)
        _closes_in(house, head_start)
        path = f"/applications/{draft.application_id}/documents/{draft.document_id}"
        kind = f"multipart/form-data; boundary={rush._BOUNDARY}"
        assert _slow_post(server.address, path, draft.cookie, body, 2.0, kind) == expected
        with house.app.app_context():
            attached = queries.current_attachments(session.get_one(Application, draft.application_id))
            names = {row.file.name for row in attached}
            session.remove()
        assert ("late.pdf" in names) == (expected == 303)
