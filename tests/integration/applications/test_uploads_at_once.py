"""Files and other people's work: a slow file delays nobody, and of ten that replace one document nine are told so."""

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.accounts import operations as accounts
from app.applications.models import Attachment
from app.core import contents
from app.core.db import db, session
from tests.factories import proposals
from tests.factories.files import pdf
from tests.integration.applications.test_concurrency import _browser, house

pytestmark = pytest.mark.both_databases

__all__ = ["house"]


def _draft(house: Flask) -> tuple[int, int, str]:
    with house.app_context():
        application = proposals.draft()
        token = accounts.open_session(proposals.lead_of(application))
        found = application.id, application.call.documents[0].id, token
        session.commit()
    return found


@pytest.mark.parametrize("in_pieces", [False, True])
def test_while_a_file_is_examined_others_write(house: Flask, monkeypatch: pytest.MonkeyPatch, in_pieces: bool) -> None:
    """Neither SQLite's write lock nor the application's row lock is held while a PDF is parsed and written."""
    key, document, token = _draft(house)
    examining, may_go_on, examine = threading.Event(), threading.Event(), contents.examine

    def slow(*args: Any) -> Any:
        examining.set()
        assert may_go_on.wait(20)
        return examine(*args)

    browser, data = _browser(house, token), pdf()
    url = f"/applications/{key}/documents/{document}"
    if in_pieces:
        piece = browser.post(f"{url}/uploads", data={"name": "a.pdf", "size": len(data)}).json["url"]
    monkeypatch.setattr(contents, "examine", slow)

    def send() -> int:
        if in_pieces:
            headers = {"Content-Type": "application/octet-stream", "Upload-Offset": "0"}
            return int(browser.post(piece, data=data, headers=headers).status_code)
        return int(browser.post(url, data={"file": (BytesIO(data), "a.pdf")}).status_code)

    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(send)
        assert examining.wait(20)
        try:
            with house.app_context(), db.engine.connect() as other:
                if db.engine.dialect.name == "sqlite":
                    other.exec_driver_sql("PRAGMA busy_timeout=100")
                else:
                    other.execute(text("SET lock_timeout = '100ms'"))
                other.execute(text(f"UPDATE application SET abstract = 'meanwhile' WHERE id = {key}"))
                other.commit()
        finally:
            may_go_on.set()
        assert sending.result(30) in (200, 303)
    with house.app_context():
        assert session.query(Attachment).filter_by(application_id=key, replaced_at=None).count() == 1
        assert session.execute(text(f"SELECT abstract FROM application WHERE id = {key}")).scalar() == "meanwhile"


def test_of_ten_at_once_one_is_attached_and_nine_are_told(house: Flask) -> None:
    key, document, token = _draft(house)

    def send(n: int) -> int:
        file = (BytesIO(pdf(pages=n + 1)), f"{n}.pdf")
        answer = _browser(house, token).post(f"/applications/{key}/documents/{document}", data={"file": file})
        return int(answer.status_code)

    with ThreadPoolExecutor(10) as pool:
        assert sorted(pool.map(send, range(10))) == [303] + [409] * 9
    with house.app_context():
        assert session.query(Attachment).filter_by(application_id=key).count() == 1
