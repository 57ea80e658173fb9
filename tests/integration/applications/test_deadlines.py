"""Moved deadlines as applicants meet them: to the millisecond, with letters once, and unknown to whom they do not concern."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.applications import policy, queries
from app.applications.choices import ApplicationStatus
from app.applications.operations import deadlines
from app.calls import queries as calls
from app.calls.choices import DeadlineChange
from app.calls.models import CallExtension
from app.core.audit import Event
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, OutOfOrder, Refused, Stale
from app.core.http import ARRIVAL
from app.core.i18n import in_locale, show_moment
from app.core.outbox import OutboxItem
from app.projects import operations as projects
from app.reviews.choices import Outcome
from tests.factories import chain, proposals
from tests.factories.people import person

pytestmark = pytest.mark.both_databases

MS = timedelta(milliseconds=1)
REASON = "Typhoon 14 closed the offices of Kagoshima"


def _at(instant: Any) -> dict[str, Any]:
    return {"environ_overrides": {ARRIVAL: instant.timestamp()}}


def _jst(instant: Any) -> str:
    from app.core.fiscal import jst

    return jst(instant).strftime("%Y-%m-%d %H:%M:%S")


def _hand_in(browser: Any, application: Any, at: Any, key: str = "k" * 32) -> Any:
    return browser.post(f"/applications/{application.id}/submit?lang=en", data={"idempotency_key": key}, **_at(at))


def _letters() -> list[OutboxItem]:
    return list(
        session.scalars(select(OutboxItem).where(OutboxItem.dedupe_key.like("deadline:%")).order_by(OutboxItem.id))
    )


def _move(call: Any, by: timedelta, officer: Any) -> CallExtension:
    return deadlines.move(call, call.closes_at + by, None, REASON, call.version, actor=officer)


def test_an_extension_while_a_form_is_open_lets_it_in(app: Any, client_for: Any) -> None:
    application = proposals.complete_draft()
    call, before = application.call, application.call.closes_at
    browser = client_for(proposals.lead_of(application))
    form = {"version": application.version, "product": "Typed before the extension"}
    path = f"/applications/{application.id}/plan"
    assert browser.post(path, data=form, **_at(before)).status_code == 422
    data = {
        "closing-version": call.version,
        "closing-closes_at": _jst(before + timedelta(days=1)),
        "closing-reason": REASON,
    }
    assert (
        client_for(person("officer")).post(f"/officer/calls/{call.id}/deadlines/closing", data=data).status_code == 303
    )
    session.expire_all()
    assert _hand_in(browser, application, before + timedelta(days=1)).status_code == 422
    assert _hand_in(browser, application, before + timedelta(days=1) - MS).status_code == 303


def test_everybody_with_a_draft_gets_one_letter_for_each_extension(app: Any, client: Any, client_for: Any) -> None:
    call, officer = proposals.open_call(), person("officer")
    first, second = proposals.complete_draft(call), proposals.draft(call)
    both = proposals.lead_of(first)
    session.query(proposals.MemberPerson).filter_by(member_id=second.members[0].id).one().user_id = both.id
    done, elsewhere = proposals.submitted(call), proposals.draft(proposals.open_call(fiscal_year=2031))
    before = call.closes_at
    row = _move(call, timedelta(days=2), officer)
    people = {user.email for user in queries.people_of(first.id)}
    assert sorted(letter.payload["to"] for letter in _letters()) == sorted(people)
    assert all(REASON in letter.payload["body"] for letter in _letters())
    assert deadlines.announce(call, row) == 0 and len(_letters()) == len(people)  # once, also when repeated
    with pytest.raises(Refused) as again:
        deadlines.move(call, call.closes_at, None, REASON, call.version, actor=officer)
    assert again.value.reasons[0].code == "same-time" and len(_letters()) == len(people)
    _move(call, timedelta(days=1), officer)
    assert len(_letters()) == 2 * len(people)
    session.commit()
    with in_locale("en"):
        times = (show_moment(before), show_moment(call.closes_at))
    for browser, path in ((client, f"/calls/{call.id}"), (client_for(both), f"/applications/{first.id}"),
                          (client_for(both), f"/applications/{second.id}")):  # fmt: skip
        text = browser.get(f"{path}?lang=en").text
        assert REASON in text and all(when in text for when in times), path
        assert "締切の延長" in browser.get(f"{path}?lang=ja").text
    assert REASON not in client_for(proposals.lead_of(elsewhere)).get(f"/applications/{elsewhere.id}").text
    assert done.status == ApplicationStatus.submitted


def test_a_shortening_needs_notice_and_touches_nothing_that_was_handed_in(app: Any) -> None:
    call, officer = proposals.open_call(), person("officer")  # closes in 20 days; notice is 14
    application, draft = proposals.submitted(call), proposals.draft(call)
    receipt = queries.submission_of(application.id)
    frozen = (application.status, application.version, receipt.sha256, receipt.snapshot)
    before = call.closes_at
    with pytest.raises(Refused) as soon:
        deadlines.move(call, now() + timedelta(days=13, hours=23), None, REASON, call.version, actor=officer)
    assert soon.value.reasons[0].code == "notice" and "14 days" in soon.value.reasons[0].message.en
    assert call.closes_at == before and not _letters()
    row = deadlines.move(call, now() + timedelta(days=14, minutes=1), None, REASON, call.version, actor=officer)
    assert row.kind is DeadlineChange.shortening and call.closes_at < before
    assert [letter.payload["to"] for letter in _letters()] == [proposals.lead_of(draft).email]
    session.expire_all()
    receipt = queries.submission_of(application.id)
    assert (application.status, application.version, receipt.sha256, receipt.snapshot) == frozen
    call.parameters = {**call.parameters, "shortening_notice_days": 3}
    session.flush()
    deadlines.move(call, now() + timedelta(days=3, minutes=1), None, REASON, call.version, actor=officer)


def test_an_individual_extension_holds_for_that_application_only(app: Any, client_for: Any) -> None:
    call, officer = proposals.open_call(), person("officer")
    own, other = proposals.complete_draft(call), proposals.complete_draft(call)
    closes, later = call.closes_at, call.closes_at + timedelta(hours=3)
    deadlines.grant_individual(call, own.number, later, REASON, call.version, actor=officer)
    session.commit()
    lead, stranger = client_for(proposals.lead_of(own)), client_for(proposals.lead_of(other))
    assert _hand_in(stranger, other, closes, "o" * 32).status_code == 422
    assert _hand_in(stranger, other, closes - MS, "o" * 32).status_code == 303
    assert _hand_in(lead, own, later).status_code == 422
    late = lead.post(f"/applications/{own.id}/basics?lang=en", data={"version": own.version}, **_at(later))
    assert late.status_code == 422 and f"The call closed at {_jst(later)} JST" in late.text
    assert _hand_in(lead, own, later - MS).status_code == 303
    session.expire_all()
    assert call.closes_at == closes and queries.came_in_grace(queries.submission_of(own.id)) is False  # type: ignore[arg-type]


def test_no_other_applicant_learns_of_an_individual_extension(app: Any, client: Any, client_for: Any) -> None:
    call, officer = proposals.open_call(), person("officer")
    own, other = proposals.complete_draft(call), proposals.complete_draft(call)
    partner, left = proposals.partner_of(own), proposals.person_of(own.members[-1])
    later = call.closes_at + timedelta(hours=3, minutes=7)
    row = deadlines.grant_individual(call, own.number, later, REASON, call.version, actor=officer)
    session.query(proposals.MemberPerson).filter_by(user_id=left.id).one().ended_at = now()
    session.commit()
    with in_locale("en"):
        when = show_moment(later)
    people = {user.email for user in queries.people_of(own.id)} | {left.email}
    assert {letter.payload["to"] for letter in _letters()} == people
    for user in (proposals.lead_of(own), partner):
        text = client_for(user).get(f"/applications/{own.id}?lang=en").text
        assert REASON in text and when in text
    public = ["/", "/calls", f"/calls/{call.id}", f"/calls/{call.id}/questions-and-answers", "/clock"]
    theirs = [*public, "/applications", *(
        f"/applications/{a.id}{tail}" for a in (own, other)
        for tail in ("", "/submit", "/history", "/messages", "/receipt", "/receipt.json", "/receipt.pdf", "/basics", "/plan")
    )]  # fmt: skip
    proposals.submit(other)
    session.commit()
    readers = [(client, theirs), (client_for(proposals.lead_of(other)), theirs), (client_for(left), theirs),
               (client_for(person("applicant")), theirs), (client_for(person("reviewer")), [*theirs, "/reviews"])]  # fmt: skip
    for browser, paths in readers:
        for path in paths:
            text = browser.get(path, follow_redirects=True).text
            assert "Typhoon 14" not in text and when not in text and _jst(later) not in text, path
        assert browser.get(f"/officer/calls/{call.id}/deadlines").status_code in (302, 403)
    for role in ("officer", "auditor"):
        text = client_for(person(role)).get(f"/officer/calls/{call.id}/deadlines").text
        assert REASON in text and own.number in text
    assert row.application_id == own.id and calls.get(call.id).changes == []  # type: ignore[union-attr]


def test_what_arrives_in_a_grace_says_so_for_ever(app: Any, client: Any, client_for: Any) -> None:
    call, officer = proposals.open_call(), person("officer")
    begun, changed, late = (proposals.complete_draft(call) for _ in range(3))
    closes = call.closes_at
    deadlines.grant_grace(call, 30, "", REASON, call.version, actor=officer)
    late.created_at = closes
    session.commit()
    until = closes + timedelta(minutes=30)
    browser = client_for(proposals.lead_of(begun))
    official = client.get(f"/calls/{call.id}?lang=en").text
    with in_locale("en"):
        assert show_moment(closes) in official and show_moment(until) in official and REASON in official
    save = {"version": changed.version, "product": "x"}
    changing = client_for(proposals.lead_of(changed))
    assert changing.post(f"/applications/{changed.id}/plan", data=save, **_at(closes)).status_code == 422
    assert _hand_in(changing, changed, until, "u" * 32).status_code == 422
    assert _hand_in(client_for(proposals.lead_of(late)), late, closes + MS, "l" * 32).status_code == 422
    assert _hand_in(changing, changed, closes - MS, "c" * 32).status_code == 303
    assert _hand_in(browser, begun, until - MS).status_code == 303
    session.expire_all()
    assert queries.came_in_grace(queries.submission_of(begun.id)) is True  # type: ignore[arg-type]
    assert queries.came_in_grace(queries.submission_of(changed.id)) is False  # type: ignore[arg-type]
    event = session.scalars(
        select(Event).where(Event.subject_type == "application", Event.subject_id == begun.id, Event.name == "submit")
    ).one()
    assert event.data["in_grace"] is True
    assert "in the grace" in browser.get(f"/applications/{begun.id}/receipt?lang=en").text
    assert client_for(person("applicant")).post(f"/calls/{call.id}/start", **_at(closes)).status_code == 422


def test_a_grace_for_one_application_is_no_grace_for_another(app: Any, client_for: Any) -> None:
    call, officer = proposals.open_call(), person("officer")
    own, other = proposals.complete_draft(call), proposals.complete_draft(call)
    deadlines.grant_grace(call, 10, own.number, REASON, call.version, actor=officer)
    with pytest.raises(Refused) as same:
        deadlines.grant_grace(call, 10, own.number, REASON, call.version, actor=officer)
    assert same.value.reasons[0].code == "same-time"
    session.commit()
    at = call.closes_at + timedelta(minutes=9)
    assert _hand_in(client_for(proposals.lead_of(other)), other, at, "o" * 32).status_code == 422
    assert _hand_in(client_for(proposals.lead_of(own)), own, at).status_code == 303
    assert {letter.payload["to"] for letter in _letters()} == {user.email for user in queries.people_of(own.id)}


def test_results_wait_for_the_last_extension(app: Any) -> None:
    call, officer = proposals.open_call(), person("officer")
    application, own = proposals.under_review(call), proposals.draft(call)
    deadlines.grant_individual(call, own.number, now() + timedelta(days=30), REASON, call.version, actor=officer)
    chain.decided(application, Outcome.rejected)
    proposals.close_call(call)
    with pytest.raises(Refused) as early:
        projects.release_results(call, officer)
    assert early.value.reasons[0].code == "call-open"


def test_what_cannot_be_granted_is_refused_in_words(app: Any, client_for: Any) -> None:
    call, officer = proposals.open_call(), person("officer")
    draft = proposals.draft(call)
    browser, root = client_for(officer), f"/officer/calls/{call.id}/deadlines"
    past, later = _jst(now() - timedelta(days=1)), _jst(call.closes_at + timedelta(days=1))
    for path, data, words in (
        ("closing", {"closes_at": past, "reason": "x"}, "must lie in the future"),
        ("closing", {"closes_at": later, "reason": ""}, "Fill in this field."),
        ("closing", {"closes_at": later, "reason": "x", "interview_at": _jst(call.closes_at)}, "must come after"),
        ("individual", {"number": "C1999-1-0001", "to_at": later, "reason": "x"}, "No open application of this call"),
        ("individual", {"number": draft.number, "to_at": _jst(call.closes_at), "reason": "x"}, "must be later"),
        ("grace", {"minutes": "0", "reason": "x"}, "from 1 to 1,440"),
        ("grace", {"minutes": "10", "number": "nonsense", "reason": "x"}, "No open application of this call"),
    ):
        given = {f"{path}-{name}": value for name, value in {"version": call.version, **data}.items()}
        answer = browser.post(f"{root}/{path}?lang=en", data=given)
        assert answer.status_code == 422 and words in answer.text, (path, data)
    good = {"closing-version": call.version, "closing-closes_at": later, "closing-reason": "x"}
    assert browser.post(f"{root}/closing", data={**good, "closing-version": 99}).status_code == 409
    assert browser.post(f"{root}/closing", data=good).status_code == 303
    assert browser.post(f"{root}/closing", data=good).status_code == 409  # the same form once more
    with pytest.raises(Stale):
        deadlines.grant_grace(call, 5, "", "x", 99, actor=officer)
    unpublished = proposals.draft_call(fiscal_year=2044)
    with pytest.raises(OutOfOrder):
        deadlines.grant_grace(unpublished, 5, "", "x", unpublished.version, actor=officer)


def test_only_officers_move_deadlines_and_auditors_read(app: Any, client: Any, client_for: Any) -> None:
    call = proposals.open_call()
    root = f"/officer/calls/{call.id}/deadlines"
    for role, reads in (("officer", 200), ("auditor", 200), ("applicant", 403), ("reviewer", 403), ("admin", 403)):
        browser = client_for(person(role))
        answer = browser.get(root)
        assert answer.status_code == reads
        if role != "officer":
            assert "<textarea" not in answer.text
            for verb in ("closing", "grace", "individual"):
                assert browser.post(f"{root}/{verb}", data={}).status_code == 403
    assert client.get(root).status_code == 302
    with pytest.raises(Forbidden):
        deadlines.grant_grace(call, 5, "", "x", call.version, actor=person("auditor"))


def test_every_move_is_on_the_record_with_person_and_reason(app: Any, client_for: Any) -> None:
    call, officer = proposals.open_call(), person("officer", name="Officer Okada")
    own = proposals.complete_draft(call)
    rows = [_move(call, timedelta(days=1), officer),
            deadlines.grant_grace(call, 5, "", REASON, call.version, actor=officer),
            deadlines.grant_individual(call, own.number, call.closes_at + timedelta(hours=1), REASON, call.version,
                                       actor=officer)]  # fmt: skip
    for row in rows:
        event = session.scalars(
            select(Event).where(Event.subject_type == "call_extension", Event.subject_id == row.id)
        ).one()
        assert (event.actor_id, event.reason, event.name) == (officer.id, REASON, row.kind.value)
        assert row.made_by_id == officer.id and row.reason == REASON
    session.commit()
    text = client_for(proposals.lead_of(own)).get(f"/applications/{own.id}/history?lang=en").text
    assert "Closing time extended for this application" in text and REASON in text and "Officer Okada" not in text
    limit = policy.deadline(queries.get_for(proposals.lead_of(own), own.id))
    assert limit.own and limit.grace_until == limit.closes_at + timedelta(minutes=5)


def test_extensions_cost_the_pages_no_further_questions(app: Any, client_for: Any, count_queries: Any) -> None:
    call, officer = proposals.open_call(), person("officer")
    lead = None
    counts = []
    for _ in range(3):
        application = proposals.draft(call, lead)
        lead = lead or proposals.lead_of(application)
        to_at = call.closes_at + timedelta(hours=1)
        deadlines.grant_individual(call, application.number, to_at, REASON, call.version, actor=officer)
        session.commit()
        browser = client_for(lead)
        found = []
        for path in (f"/applications/{application.id}", "/applications", "/", f"/calls/{call.id}"):
            with count_queries() as seen:
                assert browser.get(path).status_code == 200
            found.append(len(seen))
        counts.append(found)
    assert counts[0] == counts[1] == counts[2]
