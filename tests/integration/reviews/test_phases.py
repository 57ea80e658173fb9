"""Phases are data: what each right opens at which door, their windows to the instant, and two officers at once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.accounts.choices import Role
from app.core.audit import Event
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, Refused, Stale
from app.reviews import operations, queries
from app.reviews.choices import AssignmentStatus, Others, PhaseKind
from app.reviews.definitions import RIGHTS
from app.reviews.operations.phases import PhaseValues
from tests.factories import chain, proposals, reviewing
from tests.factories.people import person

HOUR = timedelta(hours=1)


def _accepted(application: Any) -> Any:
    assignment = chain.assigned(application)
    operations.answer(assignment, "accept", assignment.reviewer)
    return assignment


def _whole(application: Any, **more: str) -> dict[str, str]:
    return {f"score-{c.id}": "4" for c in application.call.criteria} | {"comment_to_panel": "good", **more}


@pytest.mark.parametrize("status", [AssignmentStatus.accepted, AssignmentStatus.submitted])
@pytest.mark.parametrize("others", list(Others))
@pytest.mark.parametrize("means", [False, True])
@pytest.mark.parametrize("proposal", [False, True])
def test_each_right_opens_its_door_and_no_other(
    app: Any, client_for: Any, status: AssignmentStatus, others: Others, means: bool, proposal: bool
) -> None:
    application = proposals.under_review()
    application.abstract = "CANARYABSTRACT"
    other = chain.reviewed(application, 2)
    other.review.comment_to_panel = "CANARYOTHER"
    submitted = status == AssignmentStatus.submitted
    assignment = chain.reviewed(application, 5) if submitted else _accepted(application)
    reviewing.phase(application.call, sees_proposal=proposal, others=others, sees_means=means, may_score=False)
    session.commit()
    browser = client_for(assignment.reviewer)
    page = browser.get(f"/reviews/{assignment.id}").text
    sees_others = others == Others.always or (others == Others.after_own and submitted)
    assert ("CANARYABSTRACT" in page) is proposal
    assert ("CANARYOTHER" in page) is sees_others
    assert ("Mean of" in page) is (means and sees_others)
    assert ("3.50" in page or "2.00" in page) is sees_others
    file_id = application.attachments[0].id
    assert browser.get(f"/reviews/{assignment.id}/files/{file_id}").status_code == (200 if proposal else 404)


@pytest.mark.parametrize("kind", list(PhaseKind))
def test_scores_are_taken_at_every_door_only_where_the_phase_says_so(
    app: Any, client_for: Any, kind: PhaseKind
) -> None:
    application = proposals.under_review()
    assignment = _accepted(application)
    row = reviewing.phase(application.call, kind)
    session.commit()
    browser, root = client_for(assignment.reviewer), f"/reviews/{assignment.id}"
    field = {"field": "comment_to_panel", "value": "typed", "version": "0"}
    answers = [
        browser.post(f"{root}/field", data=field).status_code,
        browser.post(root, data=_whole(application, version="1", comment_to_panel="more")).status_code,
        browser.get(f"{root}/sheet.xlsx").status_code,
        browser.get("/reviews/sheets.xlsx").status_code,
        browser.post(root, data=_whole(application, version="2", submit="1")).status_code,
    ]
    assert answers == ([200, 303, 200, 200, 303] if row.may_score else [422, 422, 404, 404, 422])
    session.expire_all()
    assert (assignment.status == AssignmentStatus.submitted) is row.may_score
    assert (assignment.review is not None) is row.may_score


def test_the_window_ends_at_its_instant_whatever_happens_in_between(app: Any, client_for: Any) -> None:
    application = proposals.under_review()
    assignment = _accepted(application)
    ends = now().replace(microsecond=0) + HOUR
    reviewing.phase(application.call, closes_at=ends)
    session.commit()
    browser, root = client_for(assignment.reviewer), f"/reviews/{assignment.id}"
    with time_machine.travel(ends - timedelta(milliseconds=1), tick=False):
        assert browser.post(root, data=_whole(application, version="0")).status_code == 303
    with time_machine.travel(ends, tick=False):
        late = browser.post(root, data=_whole(application, version="1", submit="1"))
    assert late.status_code == 422 and "No scores are taken now" in late.text


def test_without_phases_everything_is_as_before(app: Any) -> None:
    call = proposals.open_call()
    found = queries.phase_of(call)
    assert (found.kind, found.sees_names, found.may_score, found.others) == (
        PhaseKind.written, True, True, Others.after_own,
    )  # fmt: skip
    other = proposals.open_call()
    row = reviewing.blind(other)
    assert {key: one.id for key, one in queries.phases_at([call.id, other.id]).items()} == {
        call.id: None, other.id: row.id,
    }  # fmt: skip


# --- the officer's page -----------------------------------------------------------------------------------------------


def _values(opens: datetime, closes: datetime | None = None, **changes: Any) -> PhaseValues:
    return PhaseValues(
        **{
            "kind": PhaseKind.written, "name_en": "n", "name_ja": "名", "opens_at": opens, "closes_at": closes,
            "others": Others.never, "rights": frozenset(RIGHTS), **changes,
        }
    )  # fmt: skip


def test_a_usual_set_stands_with_one_button(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    browser, root = client_for(person(Role.officer)), f"/officer/calls/{call.id}/phases"
    assert "No phases are set" in browser.get(root).text
    assert browser.post(f"{root}/set", data={"set": "blind-hearing-panel"}).status_code == 303
    page = browser.get(root).text
    assert page.count('<li class="next"') == 5 and "Not begun yet" in page
    rows = queries.phases(call.id)
    assert [row.position for row in rows] == [1, 2, 3, 4, 5] and rows[0].opens_at == call.closes_at
    assert browser.post(f"{root}/set", data={"set": "written-panel"}).status_code == 422
    assert browser.post(f"{root}/set", data={"set": "nonsense"}).status_code == 404
    auditor = client_for(person(Role.auditor))
    assert auditor.get(root).status_code == 200 and auditor.post(f"{root}/set").status_code == 403
    assert client_for(chain.reviewer()).get(root).status_code == 403


def test_phases_begin_and_end_now_in_their_order(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    officer, instant = person(Role.officer), now()
    first = reviewing.phase(call, opens_at=instant - HOUR, closes_at=instant + 5 * HOUR)
    second = reviewing.phase(call, "hearing", opens_at=instant + 6 * HOUR)
    third = reviewing.phase(call, "panel", opens_at=instant + 9 * HOUR)
    session.commit()
    browser, root = client_for(officer), f"/officer/calls/{call.id}/phases"
    assert browser.post(f"{root}/{third.id}/start", data={"version": third.version}).status_code == 422
    assert browser.post(f"{root}/{second.id}/start", data={"version": second.version + 1}).status_code == 409
    assert browser.post(f"{root}/{second.id}/start", data={"version": second.version}).status_code == 303
    session.expire_all()
    assert queries.phase_of(call).id == second.id and first.closes_at == second.opens_at
    assert browser.post(f"{root}/{second.id}/end", data={"version": second.version}).status_code == 303
    assert queries.phase_of(call).kind == PhaseKind.closed and queries.phase_of(call).id is None
    assert browser.post(f"{root}/{first.id}/remove", data={"version": first.version}).status_code == 422
    assert browser.post(f"{root}/{third.id}/remove", data={"version": third.version}).status_code == 303
    session.expire_all()
    names = [e.name for e in session.query(Event).filter_by(subject_type="review_phase").order_by(Event.id)]
    assert names == ["started", "ended", "removed"]
    assert [row.id for row in queries.phases(call.id)] == [first.id, second.id]


def test_windows_never_overlap_and_what_has_begun_keeps_its_beginning(app: Any) -> None:
    call, officer, instant = proposals.open_call(), person(Role.officer), now()
    verbs = operations.phases
    verbs.add(call, _values(instant - HOUR, instant + 2 * HOUR), instant, officer)
    with pytest.raises(Refused) as overlap:
        verbs.add(call, _values(instant + HOUR), instant, officer)
    assert [r.code for r in overlap.value.reasons] == ["overlap"]
    with pytest.raises(Refused) as backwards:
        verbs.add(call, _values(instant + 5 * HOUR, instant + 4 * HOUR), instant, officer)
    assert [r.code for r in backwards.value.reasons] == ["window"]
    assert len(queries.phases(call.id)) == 1


@pytest.mark.parametrize(
    ("opens", "closes", "code"),
    [(-2, 2, "begun"), (-1, 4, "overlap"), (-1, -0.5, "past"), (-1, -2, "past"), (-1, 3, None), (-1, None, None)],
)
def test_what_may_be_changed_of_the_phase_that_holds(
    app: Any, opens: float, closes: float | None, code: str | None
) -> None:
    call, officer, instant = proposals.open_call(), person(Role.officer), now()
    row = reviewing.phase(call, opens_at=instant - HOUR, closes_at=instant + 2 * HOUR)
    reviewing.phase(call, "panel", opens_at=instant + 3 * HOUR)
    values = _values(instant + opens * HOUR, None if closes is None else instant + closes * HOUR)
    if code is None:
        operations.phases.edit(row, values, row.version, instant, officer)
        assert queries.phase_of(call).closes_at == instant + 3 * HOUR
        return
    with pytest.raises(Refused) as refusal:
        operations.phases.edit(row, values, row.version, instant, officer)
    assert [r.code for r in refusal.value.reasons] == [code]


def test_of_two_officers_with_the_same_page_the_second_is_told(app: Any) -> None:
    call, instant = proposals.open_call(), now()
    row = reviewing.phase(call)
    seen = row.version
    operations.phases.edit(row, _values(row.opens_at, name_en="first"), seen, instant, person(Role.officer))
    with pytest.raises(Stale):
        operations.phases.edit(row, _values(row.opens_at, name_en="second"), seen, instant, person(Role.officer))
    with pytest.raises(Forbidden):
        operations.phases.end(row, row.version, instant, person(Role.auditor))


def test_a_phase_is_written_in_a_form(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    browser, root = client_for(person(Role.officer)), f"/officer/calls/{call.id}/phases"
    page = browser.get(f"{root}/new?kind=panel").text
    assert 'id="sees_means" name="sees_means" type="checkbox" value="y"' in page.replace(" checked", "")
    data = {
        "kind": "panel", "name_en": "Panel day", "name_ja": "審査会", "opens_at": "2030-06-01 09:00:00", "others": "always",
        "may_score": "y", "sees_proposal": "y", "version": "0",
    }  # fmt: skip
    assert browser.post(f"{root}/new", data={**data, "opens_at": "soon"}).status_code == 422
    assert browser.post(f"{root}/new", data={**data, "closes_at": "2030-05-01 09:00:00"}).status_code == 422
    assert browser.post(f"{root}/new", data=data).status_code == 303
    (row,) = queries.phases(call.id)
    assert row.may_score and row.sees_proposal and not row.sees_names and row.others == Others.always
    stale = browser.post(f"{root}/{row.id}", data={**data, "name_en": "Other", "version": str(row.version + 1)})
    assert stale.status_code == 409 and "Other" in stale.text and "Panel day" in stale.text
    assert (
        browser.post(f"{root}/{row.id}", data={**data, "name_en": "Other", "version": str(row.version)}).status_code
        == 303
    )
    session.expire_all()
    upside_down = {**data, "closes_at": "2030-05-01 09:00:00", "version": str(row.version)}
    assert browser.post(f"{root}/{row.id}", data=upside_down).status_code == 422
    other_call = proposals.open_call()
    assert browser.get(f"/officer/calls/{other_call.id}/phases/{row.id}").status_code == 404
