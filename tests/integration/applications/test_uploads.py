"""Files into a draft: at once or piece by piece, in time or not, one person at a time, going on where it stopped."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from app.applications import operations, queries
from app.applications.choices import Right
from app.applications.models import Application, Attachment, MemberPerson, Upload
from app.core import partial, storage
from app.core.clock import now
from app.core.db import session
from tests.factories import proposals
from tests.factories.files import large_pdf, office, pdf
from tests.factories.people import person

PIECE = {"Content-Type": "application/octet-stream"}


@pytest.fixture
def draft(app: Any) -> Application:
    application = proposals.draft()
    session.commit()
    return application


def _root(application: Application) -> str:
    return f"/applications/{application.id}"


def _document(application: Application) -> int:
    return application.call.documents[0].id


def _present(application: Application) -> Attachment | None:
    session.expire_all()
    found = [a for a in queries.current_attachments(application) if a.document_id == _document(application)]
    assert len(found) <= 1
    return found[0] if found else None


def _begin(browser: Any, application: Application, data: bytes, name: str = "plan.pdf", **more: Any) -> Any:
    form = {"name": name, "size": len(data), "modified": "1700000000000", **more}
    return browser.post(f"{_root(application)}/documents/{_document(application)}/uploads", data=form)


def _send(browser: Any, url: str, offset: int, data: bytes) -> Any:
    return browser.post(url, data=data, headers={**PIECE, "Upload-Offset": str(offset)})


def _colleague(application: Application, right: Right = Right.sign) -> Any:
    other = person("applicant", of=application.lead_organisation)
    session.add(MemberPerson(member_id=application.members[0].id, user_id=other.id, right=right))
    session.flush()
    return other


def test_an_office_file_through_the_plain_form(draft: Application, client_for: Any) -> None:
    browser, url = client_for(proposals.lead_of(draft)), f"{_root(draft)}/documents/{_document(draft)}"
    answer = browser.post(url, data={"file": (BytesIO(office("xlsx")), "経費 内訳.xls"), "replaces": ""})
    assert answer.status_code == 303
    row = _present(draft)
    assert row is not None and row.file.name == "経費 内訳.xls.xlsx" and row.file.pages is None
    page = browser.get(f"{_root(draft)}/documents")
    assert "経費 内訳.xls.xlsx" in page.text and "/preview" not in page.text
    got = browser.get(f"{_root(draft)}/files/{row.id}")
    assert got.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert got.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in got.headers["Content-Security-Policy"] and got.headers["X-Content-Type-Options"] == "nosniff"
    assert browser.get(f"{_root(draft)}/files/{row.id}/preview").status_code == 404


def test_a_preview_is_shown_inline_and_nothing_else_may_run(draft: Application, client_for: Any) -> None:
    browser, url = client_for(proposals.lead_of(draft)), f"{_root(draft)}/documents/{_document(draft)}"
    browser.post(url, data={"file": (BytesIO(pdf(pages=2)), "a.pdf")})
    row = _present(draft)
    assert row is not None and row.file.pages == 2
    assert f"/files/{row.id}/preview" in browser.get(f"{_root(draft)}/documents").text
    got = browser.get(f"{_root(draft)}/files/{row.id}/preview")
    assert got.mimetype == "application/pdf" and got.headers["Content-Disposition"].startswith("inline")
    policy = got.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "script" not in policy
    stranger = client_for(person("applicant"))
    assert stranger.get(f"{_root(draft)}/files/{row.id}/preview").status_code == 404


def test_a_file_in_pieces_stops_and_goes_on(draft: Application, client_for: Any) -> None:
    lead = proposals.lead_of(draft)
    browser, data = client_for(lead), large_pdf(2_300_000)
    begun = _begin(browser, draft, data)
    assert begun.status_code == 201 and begun.json["offset"] == 0
    url, piece = begun.json["url"], begun.json["piece"]
    assert _send(browser, url, 0, data[:piece]).json["offset"] == piece
    # the browser is closed; the same file chosen again, after signing in again, goes on from there
    again = client_for(lead)
    assert f"{piece / 1e6:.1f} MB" in again.get(f"{_root(draft)}/documents").text
    resumed = _begin(again, draft, data)
    assert resumed.status_code == 200 and resumed.json["url"] == url and resumed.json["offset"] == piece
    told = again.head(url)
    assert told.headers["Upload-Offset"] == str(piece) and told.headers["Upload-Length"] == str(len(data))
    assert _send(again, url, piece, data[piece : 2 * piece]).json["state"] == "open"
    last = _send(again, url, 2 * piece, data[2 * piece :])
    assert last.status_code == 200 and last.json["state"] == "done"
    row = _present(draft)
    assert row is not None and storage.open_file(row.file) == data and row.file.name == "plan.pdf"
    # the last answer was lost: asking, or sending it again, says the same and attaches nothing twice
    assert again.get(url).json["state"] == "done"
    assert _send(again, url, 2 * piece, data[2 * piece :]).json["state"] == "done"
    assert session.scalar(select(func.count()).select_from(Attachment)) == 1
    assert partial.length(url.rsplit("/", 1)[-1]) == 0


def test_pieces_out_of_place(draft: Application, client_for: Any) -> None:
    browser, data = client_for(proposals.lead_of(draft)), large_pdf(1_500_000)
    url = _begin(browser, draft, data).json["url"]
    early = _send(browser, url, 1_000_000, data[1_000_000:])
    assert early.status_code == 409 and early.json["kind"] == "offset" and early.json["offset"] == 0
    assert _send(browser, url, 0, data[:1_000_000]).status_code == 200
    twice = _send(browser, url, 0, data[:1_000_000])
    assert twice.status_code == 409 and twice.json["offset"] == 1_000_000
    assert _send(browser, url, 1_000_000, data[1_000_000:] + b"more").status_code == 422
    assert _send(browser, url, 1_000_000, b"").status_code == 422
    assert browser.post(url, data=b"x", headers=PIECE).status_code == 409  # no place at all
    assert browser.post(url, data={"x": "1"}).status_code == 415
    assert _send(browser, url, 1_000_000, data[1_000_000:]).json["state"] == "done"


def test_a_part_file_that_lost_its_end_is_sent_again_from_there(draft: Application, client_for: Any) -> None:
    """A machine that lost its power: the row counts more than the disk has."""
    browser, data = client_for(proposals.lead_of(draft)), large_pdf(2_500_000)
    url = _begin(browser, draft, data).json["url"]
    _send(browser, url, 0, data[:1_000_000])
    partial.discard(url.rsplit("/", 1)[-1])
    partial.write(url.rsplit("/", 1)[-1], 0, data[:4096])
    assert browser.get(url).json["offset"] == 4096
    assert _send(browser, url, 4096, data[4096:1_000_000]).json["offset"] == 1_000_000
    _send(browser, url, 1_000_000, data[1_000_000:2_000_000])
    assert _send(browser, url, 2_000_000, data[2_000_000:]).json["state"] == "done"


def test_an_upload_belongs_to_its_sender(draft: Application, client_for: Any) -> None:
    data = pdf()
    other = _colleague(draft)
    elsewhere = proposals.draft()
    browser = client_for(proposals.lead_of(draft))
    url = _begin(browser, draft, data).json["url"]
    colleague, stranger = client_for(other), client_for(proposals.lead_of(elsewhere))
    for foreign in (colleague, stranger, client_for(person("officer"))):
        assert foreign.get(url).status_code in (403, 404)
        assert _send(foreign, url, 0, data).status_code in (403, 404)
        assert foreign.post(f"{url}/cancel").status_code in (403, 404)
    key = url.rsplit("/", 1)[-1]
    assert stranger.get(f"{_root(elsewhere)}/uploads/{key}").status_code == 404
    assert browser.get(f"{_root(draft)}/uploads/{'x' * 43}").status_code == 404
    assert browser.get(f"{_root(draft)}/uploads/..%2f..%2fsecret_key").status_code == 404
    assert _begin(colleague, draft, data).json["url"] != url  # the same file, but another person's upload
    assert "plan.pdf" in browser.get(f"{_root(draft)}/documents").text
    assert _send(browser, url, 0, data).json["state"] == "done"


def test_who_may_only_read_attaches_nothing(draft: Application, client_for: Any) -> None:
    browser = client_for(_colleague(draft, Right.read))
    page = browser.get(f"{_root(draft)}/documents")
    assert page.status_code == 200 and 'type="file"' not in page.text
    assert _begin(browser, draft, pdf()).status_code in (403, 422)
    url = f"{_root(draft)}/documents/{_document(draft)}"
    assert browser.post(url, data={"file": (BytesIO(pdf()), "a.pdf")}).status_code == 403
    assert session.scalar(select(func.count()).select_from(Upload)) == 0


def test_sizes_and_contents_are_refused_in_words(draft: Application, client_for: Any) -> None:
    browser = client_for(proposals.lead_of(draft))
    for size in ("0", "20000001", "-5", "x", ""):
        answer = _begin(browser, draft, b"", size=size)
        assert answer.status_code == 422 and answer.json["message"], size
    data = b"MZ" + b"\0" * 500
    url = _begin(browser, draft, data, "plan.pdf").json["url"]
    answer = _send(browser, url, 0, data)
    assert answer.status_code == 422 and "neither a PDF nor" in answer.json["message"]
    assert browser.get(url).status_code == 404  # it is given up: the next attempt begins anew
    assert _present(draft) is None


def test_an_expired_upload_is_gone_and_swept(draft: Application, client_for: Any) -> None:
    browser, data = client_for(proposals.lead_of(draft)), large_pdf(1_500_000)
    url = _begin(browser, draft, data).json["url"]
    _send(browser, url, 0, data[:1_000_000])
    key = url.rsplit("/", 1)[-1]
    assert partial.length(key) == 1_000_000
    session.execute(Upload.__table__.update().values(expires_at=now() - timedelta(seconds=1)))  # type: ignore[attr-defined]
    session.commit()
    assert _send(browser, url, 1_000_000, data[1_000_000:]).status_code == 404
    assert "plan.pdf" not in browser.get(f"{_root(draft)}/documents").text
    assert operations.sweep_uploads() == 1
    assert partial.length(key) == 0 and session.scalar(select(func.count()).select_from(Upload)) == 0


def test_the_oldest_of_too_many_makes_room(draft: Application, client_for: Any) -> None:
    browser = client_for(proposals.lead_of(draft))
    urls = [_begin(browser, draft, b"x" * (n + 1), f"{n}.pdf").json["url"] for n in range(operations.MAX_OPEN + 2)]
    assert [browser.get(url).status_code for url in (urls[0], urls[1], urls[2], urls[-1])] == [404, 404, 200, 200]
    assert session.scalar(select(func.count()).select_from(Upload)) == operations.MAX_OPEN


# --- the closing ------------------------------------------------------------------------------------------------------


def test_what_began_before_the_closing_may_end_shortly_after(draft: Application, client_for: Any) -> None:
    """The first byte of the first request decides (as for handing in), and half an hour at most is given to the rest."""
    browser, data = client_for(proposals.lead_of(draft)), pdf()
    in_time, too_long = (_begin(browser, draft, data, name).json["url"] for name in ("a.pdf", "b.pdf"))
    session.expire_all()
    draft.call.closes_at = now() - timedelta(minutes=20)
    began = {in_time: timedelta(minutes=21), too_long: timedelta(minutes=10)}
    for row in session.scalars(select(Upload)):
        row.began_at = now() - next(age for url, age in began.items() if url.endswith(row.key))
    session.commit()
    late = _begin(browser, draft, data, "late.pdf")
    assert late.status_code == 422 and "closed" in late.json["message"]
    begun_after = _send(browser, too_long, 0, data)
    assert begun_after.status_code == 422 and _present(draft) is None
    assert _send(browser, in_time, 0, data).json["state"] == "done"
    row = _present(draft)
    assert row is not None and row.file.name == "a.pdf"


def test_an_upload_is_not_kept_open_for_ever(draft: Application, client_for: Any) -> None:
    browser, data = client_for(proposals.lead_of(draft)), pdf()
    url = _begin(browser, draft, data).json["url"]
    session.expire_all()
    draft.call.closes_at = now() - operations.LATE_FINISH - timedelta(seconds=1)
    session.scalars(select(Upload)).one().began_at = draft.call.closes_at - timedelta(minutes=5)
    session.commit()
    answer = _send(browser, url, 0, data)
    assert answer.status_code == 422 and "closed" in answer.json["message"] and _present(draft) is None


# --- two at once ------------------------------------------------------------------------------------------------------


def test_the_second_of_two_replaces_nothing_unseen(draft: Application, client_for: Any) -> None:
    other = _colleague(draft)
    one, two = client_for(proposals.lead_of(draft)), client_for(other)
    url = f"{_root(draft)}/documents/{_document(draft)}"
    first, second = pdf(), pdf(pages=2)
    assert one.post(url, data={"file": (BytesIO(first), "one.pdf"), "replaces": ""}).status_code == 303
    answer = two.post(url, data={"file": (BytesIO(second), "two.pdf"), "replaces": ""})
    name = proposals.lead_of(draft).name
    assert answer.status_code == 409 and "one.pdf" in answer.text and name in answer.text
    row = _present(draft)
    assert row is not None and row.file.name == "one.pdf"
    # the file was kept, for its sender alone, who decides after looking
    assert "two.pdf" in two.get(f"{_root(draft)}/documents").text
    assert "two.pdf" not in one.get(f"{_root(draft)}/documents").text
    upload = session.scalars(select(Upload)).one()
    decide = f"{_root(draft)}/uploads/{upload.key}/attach"
    assert two.post(decide, data={"replaces": ""}).status_code == 409
    assert two.post(decide, data={"replaces": row.id}).status_code == 303
    row = _present(draft)
    assert row is not None and row.file.name == "two.pdf" and storage.open_file(row.file) == second
    assert two.post(decide, data={"replaces": row.id}).status_code == 404  # once only


def test_in_pieces_the_second_of_two_waits_as_well(draft: Application, client_for: Any) -> None:
    other = _colleague(draft)
    one, two = client_for(proposals.lead_of(draft)), client_for(other)
    data = pdf()
    mine, theirs = _begin(one, draft, data).json["url"], _begin(two, draft, data, "theirs.pdf").json["url"]
    assert _send(one, mine, 0, data).json["state"] == "done"
    answer = _send(two, theirs, 0, data)
    assert answer.status_code == 409 and answer.json["kind"] == "replaced" and "plan.pdf" in answer.json["message"]
    assert two.get(theirs).json["state"] == "set-aside"
    early = _begin(two, draft, data, "again.pdf")  # told before 20 MB are sent
    assert early.status_code == 409 and early.json["kind"] == "replaced"
    assert two.post(f"{theirs}/cancel").status_code == 303
    assert two.get(theirs).status_code == 404
    row = _present(draft)
    assert row is not None and row.file.name == "plan.pdf"


def test_removing_what_was_replaced_meanwhile(draft: Application, client_for: Any) -> None:
    browser, url = client_for(proposals.lead_of(draft)), f"{_root(draft)}/documents/{_document(draft)}"
    browser.post(url, data={"file": (BytesIO(pdf()), "old.pdf")})
    old = _present(draft)
    assert old is not None
    browser.post(url, data={"file": (BytesIO(pdf(pages=2)), "new.pdf"), "replaces": old.id})
    answer = browser.post(f"{_root(draft)}/files/{old.id}/remove")
    assert answer.status_code == 409 and "new.pdf" in answer.text
    row = _present(draft)
    assert row is not None and row.file.name == "new.pdf"
    assert browser.post(f"{_root(draft)}/files/{row.id}/remove").status_code == 303
    assert browser.post(f"{_root(draft)}/files/{row.id}/remove").status_code == 404


def test_reading_changes_nothing(draft: Application, client_for: Any) -> None:
    """Robots follow links: no GET begins, attaches, gives up or removes anything."""
    browser, data = client_for(proposals.lead_of(draft)), pdf()
    url = _begin(browser, draft, data).json["url"]
    plain = f"{_root(draft)}/documents/{_document(draft)}"
    for path in (f"{url}/attach", f"{url}/cancel", f"{plain}/uploads", plain, f"{_root(draft)}/files/1/remove"):
        assert browser.get(path).status_code in (404, 405), path
    assert browser.get(url).json == {"state": "open", "offset": 0, "size": len(data)}


def test_the_page_asks_the_database_the_same_number_of_times(
    draft: Application, client_for: Any, count_queries: Any
) -> None:
    lead = proposals.lead_of(draft)
    browser, seen = client_for(lead), []
    for document in draft.call.documents[:3]:
        operations.attach(draft, document.id, BytesIO(pdf()), f"{document.code}.pdf", actor=lead, arrived=now())
        browser.get(f"{_root(draft)}/documents")
        with count_queries() as statements:
            assert browser.get(f"{_root(draft)}/documents").status_code == 200
        seen.append(len(statements))
    assert seen[0] == seen[-1], seen
