"""Versions: correcting before closing, sections sent back, deadline insurance, sealed costs, differences, the archive."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

from app.applications import operations, queries
from app.applications.choices import ApplicationStatus, CorrectionOutcome, Measure
from app.applications.models import Correction, FrozenForecast, ReadyCopy
from app.core.clock import JST, now
from app.core.db import session
from app.core.outbox import OutboxItem
from tests.factories import proposals
from tests.factories.people import organisation, person


def _submit(browser: Any, application: Any, key: str = "k" * 24, **more: Any) -> Any:
    return browser.post(f"/applications/{application.id}/submit", data={"idempotency_key": key, **more})


def _letters(kind: str) -> int:
    return session.query(OutboxItem).filter(OutboxItem.dedupe_key.like(f"%{kind}%")).count()


def test_a_correction_before_closing_is_a_new_version_and_the_old_one_is_kept(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser, root = client_for(proposals.lead_of(application)), f"/applications/{application.id}"
    assert _submit(browser, application).status_code == 303
    session.expire_all()
    first = queries.submission_of(application.id)
    assert browser.post(f"{root}/correct", data={"version": application.version}).status_code == 303
    session.expire_all()
    assert application.status == ApplicationStatus.correcting
    saved = browser.post(
        f"{root}/parts/basics/field",
        data={"field": "title_en", "value": "A better title", "version": application.version},
    )
    assert saved.status_code == 200
    assert _submit(browser, application, "second" * 4).status_code == 303
    session.expire_all()
    both = queries.submissions_of(application.id)
    assert [s.number for s in both] == [1, 2] and both[0].sha256 == first.sha256  # type: ignore[union-attr]
    assert both[0].receipt_number != both[1].receipt_number
    page = browser.get(f"{root}/versions/1/2?lang=en").text
    assert "Title in English" in page and "<ins>" in page and "better" in page and "Abstract" not in page
    assert application.status == ApplicationStatus.submitted
    assert session.query(Correction).one().outcome == CorrectionOutcome.handed_in


def test_a_correction_given_up_or_out_of_time_puts_back_what_counts(app: Any, client_for: Any) -> None:
    for way in ("given up", "out of time"):
        application = proposals.complete_draft()
        lead = proposals.lead_of(application)
        browser, root = client_for(lead), f"/applications/{application.id}"
        _submit(browser, application, f"{application.id:024d}")
        session.expire_all()
        before = {key: queries.parts.share_texts(m) for key, m in enumerate(application.members)}
        basics, plan = queries.parts.basics_texts(application), queries.parts.plan_texts(application)
        milestones, files = queries.parts.milestones_texts(application), _files(application)
        browser.post(f"{root}/correct", data={"version": application.version})
        session.expire_all()
        _spoil(application, lead, browser)
        if way == "given up":
            assert browser.post(f"{root}/give-up").status_code == 303
        else:
            proposals.close_call(application.call)
            operations.at_closing()
        session.expire_all()
        assert application.status == ApplicationStatus.submitted, way
        assert {key: queries.parts.share_texts(m) for key, m in enumerate(application.members)} == before
        assert queries.parts.basics_texts(application) == basics and queries.parts.plan_texts(application) == plan
        assert queries.parts.milestones_texts(application) == milestones and _files(application) == files
        assert all(queries.is_confirmed(m) for m in application.members)
        assert not [f.rule.id for f in queries.findings(application) if f.blocks]
    assert _letters("correction-lapsed") == 4


def _files(application: Any) -> set[str]:
    return {a.file.sha256 for a in queries.current_attachments(application)}


def _spoil(application: Any, lead: Any, browser: Any) -> None:
    """Change everything that can be changed."""
    version = application.version
    for part, field, value in (
        ("basics", "abstract", "Something else entirely, but long enough"),
        ("milestones", "m0_goal", ""),
        ("plan", "sales_1", "1"),
        (f"share-{application.members[1].id}", "b_2027_EQ", "5"),
    ):
        answer = browser.post(
            f"/applications/{application.id}/parts/{part}/field",
            data={"field": field, "value": value, "version": version},
        )
        assert answer.status_code == 200
    session.expire_all()
    operations.detach(application, queries.current_attachments(application)[0], actor=lead, arrived=now())
    operations.add_member(
        application, organisation("company_sme"), application.members[3].role,
        application.version, actor=lead, arrived=now(),
    )  # fmt: skip


def test_the_office_sends_named_sections_back_and_only_those_open(app: Any, client_for: Any) -> None:
    application = proposals.submitted()
    proposals.close_call(application.call)
    lead, officer = client_for(proposals.lead_of(application)), client_for(person("officer"))
    root, office = f"/applications/{application.id}", f"/officer/applications/{application.id}/send-back"
    due = now() + timedelta(days=3)
    asked = {"version": application.version, "parts": ["basics"], "why": "The abstract names no target",
             "due_at": f"{due.astimezone(JST):%Y-%m-%d %H:%M:%S}"}  # fmt: skip
    assert officer.post(office, data={**asked, "parts": []}).status_code == 422
    assert officer.post(office, data={**asked, "why": ""}).status_code == 422
    assert officer.post(office, data={**asked, "due_at": "2020-01-01 00:00:00"}).status_code == 422
    assert lead.post(office, data=asked).status_code == 403
    assert officer.post(office, data=asked).status_code == 303
    session.expire_all()
    assert application.status == ApplicationStatus.correcting and _letters("sent-back") == 4
    page = lead.get(f"{root}?lang=en").text
    assert "The abstract names no target" in page and "Hand in the correction" in lead.get("/?lang=en").text
    version = application.version

    def save(part: str, field: str, value: str) -> Any:
        return lead.post(f"{root}/parts/{part}/field", data={"field": field, "value": value, "version": version})

    assert (
        save("basics", "abstract", "A sensor with a tenth of the power by 2028, proven on 100 pieces").status_code
        == 200
    )
    assert save("plan", "product", "x").status_code in (403, 422)
    assert lead.post(f"{root}/members/{application.members[1].id}/remove", data={"version": version}).status_code == 422
    # what is being written is not shown to the office; what was handed in is
    seen = officer.get(f"{root}?lang=en").text
    assert "proven on 100 pieces" not in seen and queries.submission_of(application.id).receipt_number in seen  # type: ignore[union-attr]
    assert _submit(lead, application, "sentback" * 3).status_code == 303
    session.expire_all()
    assert application.status == ApplicationStatus.submitted and queries.submissions_count(application.id) == 2
    assert "proven on" in officer.get(f"{root}/versions/1/2?lang=en").text


def test_a_correction_that_was_sent_back_lapses_at_its_date(app: Any, client_for: Any) -> None:
    application = proposals.submitted()
    proposals.close_call(application.call)
    operations.send_back(
        application, ["basics"], "Mend", now() + timedelta(hours=1), application.version, actor=person("officer")
    )
    correction = session.query(Correction).one()
    correction.due_at = now() - timedelta(seconds=1)
    session.commit()
    browser = client_for(proposals.lead_of(application))
    late = _submit(browser, application, "late" * 6)
    assert (late.status_code == 422 and "had to be handed in before" in late.text) or "訂正の期限" in late.text
    operations.at_closing()
    session.expire_all()
    assert application.status == ApplicationStatus.submitted and correction.outcome == CorrectionOutcome.lapsed
    assert queries.submissions_count(application.id) == 1


def test_deadline_insurance_hands_in_the_last_complete_version(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft(abstract="The complete version of the abstract")
    browser, root = client_for(proposals.lead_of(application)), f"/applications/{application.id}"
    assert browser.post(f"{root}/insurance", data={"wanted": "1"}).status_code == 303
    session.expire_all()
    assert session.query(ReadyCopy).count() == 1
    browser.post(
        f"{root}/parts/basics/field", data={"field": "abstract", "value": "Too", "version": application.version}
    )
    session.expire_all()
    operations.at_closing()
    assert application.status == ApplicationStatus.draft  # not before closing
    proposals.close_call(application.call)
    operations.at_closing()
    operations.at_closing()
    session.expire_all()
    submission = queries.submission_of(application.id)
    assert submission is not None and submission.by_insurance and submission.number == 1
    assert json.loads(submission.snapshot)["application"]["abstract"] == "The complete version of the abstract"
    assert submission.arrived_at == application.call.closes_at - timedelta(microseconds=1)
    assert application.status == ApplicationStatus.submitted and queries.submissions_count(application.id) == 1


def test_insurance_without_a_complete_version_hands_in_nothing_and_says_so(app: Any, client_for: Any) -> None:
    application = proposals.draft()
    browser, root = client_for(proposals.lead_of(application)), f"/applications/{application.id}"
    assert browser.post(f"{root}/insurance", data={"wanted": "1"}).status_code == 303
    uninsured = proposals.complete_draft(application.call)
    session.expire_all()
    proposals.close_call(application.call)
    operations.at_closing()
    session.expire_all()
    assert application.status == ApplicationStatus.draft and application.insured_at is None
    assert uninsured.status == ApplicationStatus.draft and _letters("insurance-failed") == 1
    assert browser.post(f"{root}/insurance", data={"wanted": "1"}).status_code == 422


def test_costs_are_sealed_and_everybody_can_check_what_concerns_them(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member, other = application.members[2], application.members[1]
    partner = proposals.person_of(member)
    operations.open_costs(application, other, False, actor=proposals.person_of(other))
    lead, own = client_for(proposals.lead_of(application)), client_for(partner)
    _submit(lead, application)
    root = f"/applications/{application.id}"
    main = own.get(f"{root}/receipt.json").data
    content = json.loads(main)
    assert hashlib.sha256(main).hexdigest() == queries.submission_of(application.id).sha256  # type: ignore[union-attr]
    assert "budget" not in json.dumps(content["members"])
    for browser, allowed in ((own, {member.id}), (lead, {m.id for m in application.members} - {other.id})):
        for one in application.members:
            part = browser.get(f"{root}/receipt/sealed/{one.id}.json")
            assert (part.status_code == 200) == (one.id in allowed), one.id
            if part.status_code == 200:
                named = next(m["sealed_sha256"] for m in content["members"] if m["member_id"] == one.id)
                assert hashlib.sha256(part.data).hexdigest() == named and json.loads(part.data)["budget"]
    archive = zipfile.ZipFile(io.BytesIO(own.get(f"{root}/receipt.zip").data))
    manifest = {row["name"]: row for row in json.loads(archive.read("manifest.json"))["files"]}
    assert set(manifest) == set(archive.namelist()) - {"manifest.json"}
    assert all(hashlib.sha256(archive.read(n)).hexdigest() == row["sha256"] for n, row in manifest.items())
    assert [n for n in manifest if n.startswith("sealed/")] == [f"sealed/member-{member.id}.json"]
    assert sum(n.startswith("files/") for n in manifest) == len(content["attachments"]) > 0
    stranger = client_for(person("applicant"))
    for path in ("receipt.zip", "receipt.json", "received", f"receipt/sealed/{member.id}.json", "versions/1/1"):
        assert stranger.get(f"{root}/{path}").status_code == 404


def test_forecasts_are_frozen_with_each_submission(app: Any, client_for: Any) -> None:
    application = proposals.submitted()
    rows = session.query(FrozenForecast).all()
    said = {(row.measure, row.year_no): row.value for row in rows}
    assert application.plan is not None
    for year in application.plan.years:
        assert said[Measure.sales, year.year_no] == year.sales_yen
    first = next(row for row in rows if row.measure is Measure.first_sale)
    assert first.day == application.plan.first_sale_on


def test_was_it_received(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    browser, root = client_for(proposals.lead_of(application)), f"/applications/{application.id}/received"
    assert "has not reached us" in browser.get(f"{root}?key={'k' * 24}&lang=en").text
    _submit(browser, application)
    yes = browser.get(f"{root}?key={'k' * 24}&lang=en").text
    assert "this attempt was received" in yes and queries.submission_of(application.id).receipt_number in yes  # type: ignore[union-attr]
    assert "has not reached us" in browser.get(f"{root}?key={'z' * 24}&lang=en").text


def test_handing_in_what_changed_while_it_was_read_is_refused_with_the_author(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    member = application.members[2]
    seen, lead = application.version, client_for(proposals.lead_of(application))
    partner = proposals.person_of(member)
    operations.save_share(
        application, member, operations.Share("New", 25, None, False, "c", {(2027, "LAB"): 1_000_000}), member.version,
        actor=partner, arrived=now(),
    )  # fmt: skip
    answer = _submit(lead, application, version=seen)
    assert answer.status_code == 422 and partner.name in answer.text
    session.expire_all()
    assert application.status == ApplicationStatus.draft
