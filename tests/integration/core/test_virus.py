"""The virus scan: a clamd that answers, finds, hangs, hangs up; and no door that hands out what was not scanned."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.applications import operations, queries
from app.applications.choices import ApplicationStatus
from app.core import inspection, storage, virus, worker
from app.core.audit import Event
from app.core.clock import now
from app.core.db import session
from app.core.errors import Refused
from app.core.outbox import OutboxItem, OutboxStatus
from app.core.storage import ScanState, StoredFile
from config import SettingsError, load_settings
from tests.factories import chain, proposals
from tests.factories.files import pdf
from tests.factories.people import person
from tests.support.clamd import EICAR, Scanner, clamd


def _infected_pdf() -> bytes:
    def change(made: Any) -> None:
        made.Root.Note = made.make_stream(EICAR)

    return pdf(change, compress_streams=False)


@pytest.fixture
def scanner(app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scanner]:
    monkeypatch.setattr(virus, "TIMEOUT_SECONDS", 0.5)
    with clamd() as (address, found):
        app.config["CLAMD_URL"] = address
        yield found
        app.config["CLAMD_URL"] = ""


def _work(app: Any) -> None:
    """Let the worker do what waits, whatever its time."""
    for item in session.scalars(select(OutboxItem).where(OutboxItem.status == OutboxStatus.waiting)):
        item.due_at = now() - timedelta(seconds=1)
    session.commit()
    worker.sweep(app, limit=500)
    session.expire_all()


def _draft_with(data: bytes) -> Any:
    application = proposals.complete_draft()
    document = application.call.documents[0]
    operations.attach(
        application, document.id, BytesIO(data), "plan.pdf", actor=proposals.lead_of(application), arrived=now()
    )
    session.commit()
    row = next(a for a in queries.current_attachments(application) if a.document_id == document.id)
    return application, row


def test_the_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(virus, "TIMEOUT_SECONDS", 0.3)
    data = b"x" * 150_000 + EICAR
    for unix in (None, str(tmp_path / "clamd.ctl")):
        with clamd(unix) as (address, found):
            assert virus.ask(address, b"harmless") == virus.Verdict(ScanState.clean)
            assert virus.ask(address, data) == virus.Verdict(ScanState.infected, "Eicar-Test-Signature")
            assert found.seen[-1] == data  # every byte arrives, in several pieces
            found.mood = "error"
            assert virus.ask(address, data).state is ScanState.failed
            for mood in ("hangs", "drops", "nonsense"):
                found.mood = mood
                with pytest.raises(virus.ScannerAway):
                    virus.ask(address, b"harmless")
    for nobody in ("tcp://127.0.0.1:9", f"unix:{tmp_path}/none"):
        with pytest.raises(virus.ScannerAway):
            virus.ask(nobody, b"harmless")


@pytest.mark.parametrize("url", ["clamd", "tcp://host", "unix:relative", "http://h:1", "tcp://h:99999"])
def test_an_unusable_address_is_named_at_the_start(url: str) -> None:
    with pytest.raises(SettingsError, match="CLAMD_URL"):
        load_settings({"APP_ENV": "test", "SECRET_KEY": "x" * 40, "CLAMD_URL": url})


def test_without_a_scanner_files_are_served_and_say_nothing(app: Any, client_for: Any) -> None:
    application, row = _draft_with(pdf())
    assert row.file.scan_state is ScanState.skipped
    browser = client_for(proposals.lead_of(application))
    assert browser.get(f"/applications/{application.id}/files/{row.id}").status_code == 200
    assert "data-scan" not in browser.get(f"/applications/{application.id}/documents").text


def test_a_clean_file_is_served_once_it_was_scanned(app: Any, client_for: Any, scanner: Scanner) -> None:
    application, row = _draft_with(pdf())
    root, browser = f"/applications/{application.id}", client_for(proposals.lead_of(application))
    assert row.file.scan_state is ScanState.waiting
    assert 'data-scan="waiting"' in browser.get(f"{root}/documents").text
    for door in ("", "/preview"):
        held = browser.get(f"{root}/files/{row.id}{door}")
        assert held.status_code == 409 and held.mimetype == "text/html" and "virus check" in held.text
    _work(app)
    assert row.file.scan_state is ScanState.clean and row.file.scanned_at is not None
    assert 'data-scan="clean"' in browser.get(f"{root}/documents").text
    for door in ("", "/preview"):
        assert browser.get(f"{root}/files/{row.id}{door}").status_code == 200


def test_a_virus_is_handed_to_nobody_blocks_handing_in_and_is_told(app: Any, client_for: Any, scanner: Scanner) -> None:
    """GEN-10: an infected file does not count as attached."""
    application, row = _draft_with(_infected_pdf())
    lead = proposals.lead_of(application)
    browser, root = client_for(lead), f"/applications/{application.id}"
    _work(app)
    assert row.file.scan_state is ScanState.infected and row.file.signature == "Eicar-Test-Signature"
    for door in ("", "/preview"):
        assert browser.get(f"{root}/files/{row.id}{door}").status_code == 409
    page = browser.get(f"{root}/documents").text
    assert "Eicar-Test-Signature" in page and "a virus was found" in page
    assert [f.rule.id for f in queries.findings(application) if f.blocks] == ["GEN-10"]
    with pytest.raises(Refused) as refusal:
        proposals.submit(application)
    assert "virus" in str(refusal.value.reasons[0])
    letters = [i for i in session.scalars(select(OutboxItem)) if i.dedupe_key == f"virus:{row.id}:{lead.id}"]
    assert len(letters) == 1 and "Eicar-Test-Signature" in letters[0].payload["body"]
    names = session.scalars(select(Event.name).where(Event.subject_id == application.id))
    assert "virus found in a document" in names.all()
    # a clean one in its place mends it
    operations.attach(application, row.document_id, BytesIO(pdf()), "b.pdf", actor=lead, arrived=now())
    assert not [f for f in queries.findings(application) if f.blocks]


def test_an_infected_file_stays_locked_when_the_scanner_goes(app: Any, client_for: Any, scanner: Scanner) -> None:
    application, row = _draft_with(_infected_pdf())
    _work(app)
    app.config["CLAMD_URL"] = ""
    browser = client_for(proposals.lead_of(application))
    assert browser.get(f"/applications/{application.id}/files/{row.id}").status_code == 409


@pytest.mark.parametrize("mood", ["hangs", "drops", "nonsense"])
def test_while_the_scanner_is_away_files_wait_and_nothing_else_does(
    app: Any, client_for: Any, scanner: Scanner, mood: str
) -> None:
    scanner.mood = mood
    application, row = _draft_with(pdf())
    for _ in range(6):
        item = session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key == f"scan:{row.file_id}")).one()
        item.due_at = now() - timedelta(seconds=1)
        session.commit()
        worker.sweep(app, limit=1)
        session.expire_all()
    assert row.file.scan_state is ScanState.waiting and item.status is OutboxStatus.waiting
    assert item.due_at < now() + timedelta(minutes=2)  # tried again soon, however often it failed
    proposals.submit(application)  # handing in does not wait for the scan
    assert application.status is ApplicationStatus.submitted
    scanner.mood = "honest"
    _work(app)
    assert row.file.scan_state is ScanState.clean


def test_what_the_scanner_cannot_judge_is_not_served_and_tried_again_at_night(
    app: Any, client_for: Any, scanner: Scanner
) -> None:
    scanner.mood = "error"
    application, row = _draft_with(pdf())
    _work(app)
    assert row.file.scan_state is ScanState.failed
    browser = client_for(proposals.lead_of(application))
    assert browser.get(f"/applications/{application.id}/files/{row.id}").status_code == 409
    scanner.mood = "honest"
    assert virus.try_failed_again() >= 1
    _work(app)
    assert row.file.scan_state is ScanState.clean


def test_a_scanner_that_comes_later_scans_what_is_there(app: Any, scanner: Scanner) -> None:
    address, app.config["CLAMD_URL"] = app.config["CLAMD_URL"], ""
    _application, row = _draft_with(_infected_pdf())
    assert virus.catch_up() == 0 and row.file.servable
    app.config["CLAMD_URL"] = address
    assert not row.file.servable
    assert virus.catch_up() > 0
    _work(app)
    assert row.file.scan_state is ScanState.infected
    made = storage.keep(b"x", name="dossier.pdf", media_type="application/pdf", created_by_id=None)
    assert made.scan_state is ScanState.not_required and made.servable


def test_no_door_hands_out_what_waits(app: Any, client_for: Any, scanner: Scanner) -> None:
    """Applicants, officers, auditors and reviewers come through different doors; each is shut, then each is open."""
    application = proposals.under_review()
    assignment = chain.assigned(application)
    chain.reviews.answer(assignment, "accept", assignment.reviewer)
    session.commit()
    row = queries.current_attachments(application)[0]
    file, review = f"/applications/{application.id}/files/{row.id}", f"/reviews/{assignment.id}/files/{row.id}"
    doors = [
        (proposals.lead_of(application), file), (person("officer"), file), (person("auditor"), file),
        (person("officer"), f"{file}/preview"), (assignment.reviewer, review),
    ]  # fmt: skip
    browsers = [(client_for(who), path) for who, path in doors]
    for browser, path in browsers:
        assert browser.get(path).status_code == 409, path
    assert 'data-scan="waiting"' in client_for(person("officer")).get(f"/applications/{application.id}").text
    _work(app)
    assert {f.scan_state for f in session.scalars(select(StoredFile))} <= {ScanState.clean, ScanState.not_required}
    for browser, path in browsers:
        assert browser.get(path).status_code == 200, path


# --- lost and altered files (reliability 71) ----------------------------------------------------------------------------


def test_files_that_were_lost_or_altered_are_found_at_night(app: Any, client_for: Any) -> None:
    rows = [
        storage.keep(f"{n}".encode(), name=f"{n}.pdf", media_type="application/pdf", created_by_id=None)
        for n in range(3)
    ]
    browser = client_for(person("admin"))
    sound, altered, lost = (storage.path_of(row.sha256) for row in rows)
    assert inspection.inspect_files() == 0
    altered.write_bytes(b"somebody else's")
    lost.rename(lost.with_suffix(".away"))
    assert inspection.inspect_files() == 2
    session.commit()
    assert [row.damaged_at is not None for row in rows] == [False, True, True]
    page = browser.get("/admin/files").text
    assert "1.pdf" in page and "2.pdf" in page and "0.pdf" not in page
    assert client_for(person("officer")).get("/admin/files").status_code == 403
    # put back from the backup
    altered.write_bytes(b"1")
    lost.with_suffix(".away").rename(lost)
    assert inspection.inspect_files() == 0
    assert [row.damaged_at for row in rows] == [None, None, None]
    assert sound.exists()
