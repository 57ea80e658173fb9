"""An officer (or auditor) with a tie: no read, no decision, no total, behind no door of the office (B23, CON-14)."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from app.accounts.choices import Role
from app.accounts.models import User
from app.applications import operations, queries
from app.applications.operations import deadlines
from app.core.clock import now, today
from app.core.db import session
from app.core.errors import Forbidden, Refused
from app.core.fiscal import fiscal_year
from app.core.outbox import OutboxItem
from app.correspondence import operations as letters
from app.correspondence import queries as threads
from app.doubles.choices import OtherKind
from app.doubles.models import Likeness
from app.flags.models import Flag
from app.milestones import operations as milestones
from app.milestones import queries as reports
from app.milestones.choices import Achievement
from app.organisations.models import Affiliation
from app.pages import queries as pages
from app.portfolio.choices import Actual
from app.portfolio.models import PdcaTarget
from app.portfolio.operations import pdca
from app.projects import operations as projects
from app.reviews import operations as reviews
from app.reviews import queries as review_queries
from app.reviews.choices import Outcome
from tests.factories import chain, portfolio, proposals
from tests.factories.people import person

MARK = "PLANTEDTITLE"
WORDS = "PLANTEDWORDS"
NOWHERE = 987_654
#: Doors whose lists are published, or of nothing of the office.
PUBLISHED = ("/clusters", "/organisations", "/static", "/bootstrap", "/healthz", "/readyz")


def _tie(user: User, application: Any) -> None:
    """The person has left one of its members a year ago."""
    gone = today() - timedelta(days=365)
    organisation_id = application.members[2].organisation_id
    session.add(
        Affiliation(user_id=user.id, organisation_id=organisation_id, valid_from=date(2010, 4, 1), valid_to=gone)
    )
    session.flush()


def _people(application: Any) -> tuple[User, User, User]:
    """A recused officer, a recused auditor and a free officer."""
    officer, auditor, free = person(Role.officer), person(Role.auditor), person(Role.officer)
    for tied in (officer, auditor):
        _tie(tied, application)
    return officer, auditor, free


def _address(rule: Any, values: dict[str, Any]) -> str | None:
    path = re.sub(r"<any\(([^,)]+)[^)]*\):\w+>", lambda m: m[1].strip(), rule.rule)
    names = re.findall(r"<(?:\w+:)?(\w+)>", path)
    if any(name not in values for name in names):
        return None
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(values[m[1]]), path)


def _doors(app: Any, method: str) -> Iterator[Any]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if method in (rule.methods or ()) and not rule.rule.startswith(PUBLISHED):
            yield rule


def _values(application: Any) -> dict[str, Any]:
    attached = queries.current_attachments(application)[0]
    return {
        "application_id": application.id, "member_id": application.members[1].id, "attachment_id": attached.id,
        "document_id": attached.document_id, "part_key": "basics", "section_key": "answers-1", "upload_key": "x" * 32,
        "invitation_id": 1, "earlier": 1, "later": 1, "event": "confirm",
    }  # fmt: skip


def _walk(app: Any, browser: Any, application: Any, planted: tuple[str, ...], **more: int) -> tuple[int, int]:
    """Every address about the application is missing as one that never was; no other page holds a planted mark."""
    own, others = 0, 0
    values = {**_values(application), **more}
    unknown = {**values, "application_id": NOWHERE, **dict.fromkeys(more, NOWHERE)}
    general = {"call_id": application.call_id, "code": "officer"}
    for method in ("GET", "POST"):
        for rule in _doors(app, method):
            path = _address(rule, values)
            if path and set(rule.arguments) & {"application_id", *more}:
                answer, nothing = (browser.open(p, method=method) for p in (path, _address(rule, unknown)))
                assert answer.status_code in (403, 404) and answer.status_code == nothing.status_code, (method, path)
                text, own = answer.get_data(as_text=True), own + 1
            elif method == "GET" and (path := _address(rule, general)):
                answer = browser.get(path)
                assert answer.status_code < 500, path
                text, others = answer.get_data(as_text=True), others + 1
            else:
                continue
            for mark in planted:
                assert mark not in text, (method, path, mark)
    return own, others


def _seen(browser: Any, *paths: str) -> str:
    return " ".join(browser.get(path).text for path in paths)


LISTS = ("/", "/officer/applications", "/officer/applications.csv", "/officer/messages", "/officer/decisions",
         "/officer/doubles")  # fmt: skip


def test_no_door_of_the_office_before_and_during_review(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    secret = proposals.submitted(call, title_en=MARK, title_ja=MARK)
    other = proposals.submitted(call)
    officer, auditor, free = _people(secret)
    thread = threads.thread_for(proposals.lead_of(secret), secret.id)
    assert thread is not None
    message = letters.write(thread, WORDS, actor=proposals.lead_of(secret))
    told = session.query(OutboxItem).filter(OutboxItem.dedupe_key.like(f"message:{message.id}:%")).all()
    assert {row.payload["to"] for row in told} >= {free.email} and officer.email not in {r.payload["to"] for r in told}
    deadlines.grant_individual(
        call, secret.number, call.closes_at + timedelta(days=1), "PLANTEDREASON", call.version, actor=free
    )
    for one, two in ((secret, other), (other, secret)):
        session.add(
            Likeness(application_id=one.id, other_kind=OtherKind.application, other_id=two.id, other_number=two.number,
                     other_title_en=two.title_en, other_title_ja=two.title_ja, title_score=90, text_score=90)
        )  # fmt: skip
    session.flush()
    planted = (MARK, WORDS, "PLANTEDREASON", secret.number, queries.submission_of(secret.id).receipt_number)  # type: ignore[union-attr]
    deadline_page = f"/officer/calls/{call.id}/deadlines"
    doubles_page = f"/officer/applications/{other.id}/doubles"
    for stage in ("submitted", "under review"):
        for tied in (officer, auditor):
            browser = client_for(tied)
            own, others = _walk(app, browser, secret, planted)
            assert own >= 60 and others >= 20
            assert other.number in _seen(browser, *LISTS, doubles_page)
            assert not set(re.findall(f"{MARK}|{secret.number}", _seen(browser, deadline_page, doubles_page)))
        open_page = _seen(client_for(free), *LISTS, deadline_page, doubles_page)
        assert all(mark in open_page for mark in (MARK, "PLANTEDREASON", secret.number)), stage
        if stage == "submitted":
            for one in (secret, other):
                operations.screen(one, True, "", one.version, actor=free)
                chain.reviewed(one, 5 if one is secret else 3)
            reviews.propose(secret, Outcome.adopted, 1_234_567, "", "PLANTEDGROUNDS", 0, free)
            planted = (*planted, "PLANTEDGROUNDS", "1,234,567")


def test_no_total_counts_it_and_no_rank_betrays_it(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    secret, other = proposals.under_review(call), proposals.under_review(call)
    chain.reviewed(secret, 5)
    chain.reviewed(other, 3)
    officer, _auditor, free = _people(secret)
    waiting = proposals.submitted(call)
    _tie(officer, waiting)
    assert queries.officer_count(free, queries.Filters(call_id=call.id)) == 3
    assert queries.officer_count(officer, queries.Filters(call_id=call.id)) == 1
    assert [line.rank for line in review_queries.ranking(call, officer)] == [1]
    assert {(c.id, n, k, w) for c, n, k, w in review_queries.calls_in_review(officer)} == {(call.id, 1, 0, 0)}
    assert {(c.id, n, k, w) for c, n, k, w in review_queries.calls_in_review(free)} == {(call.id, 2, 0, 1)}
    assert [a.id for a in review_queries.undecided(call.id, officer)] == [other.id]
    assert pages.to_screen(officer) == [] and [a.id for a in pages.to_screen(free)] == [waiting.id]
    assert [n for _call, n in pages.short_of_reviewers(officer)] == [1]
    assert [n for _call, n in pages.short_of_reviewers(free)] == [2]
    reviews.propose(secret, Outcome.rejected, 0, "", "grounds", 0, person(Role.officer))
    assert pages.to_confirm(officer) == [] and [(c.id, n) for c, n in pages.to_confirm(free)] == [(call.id, 1)]


def test_the_verbs_themselves_refuse_a_recused_officer(app: Any) -> None:
    secret = proposals.submitted()
    officer, _auditor, free = _people(secret)
    later = now() + timedelta(days=3)
    with pytest.raises(Forbidden):
        operations.screen(secret, True, "", secret.version, actor=officer)
    with pytest.raises(Forbidden):
        operations.send_back(secret, ["basics"], "why", later, secret.version, actor=officer)
    with pytest.raises(Refused, match="number"):
        deadlines.grant_individual(secret.call, secret.number, later, "why", secret.call.version, actor=officer)
    assert threads.thread_for(officer, secret.id) is None and queries.get_for(officer, secret.id) is None
    operations.screen(secret, True, "", secret.version, actor=free)
    for verb in (
        lambda: reviews.propose(secret, Outcome.rejected, 0, "", "x", 0, officer),
        lambda: chain.assigned(secret, officer=officer),
    ):
        with pytest.raises((Forbidden, Refused)):
            verb()


def test_another_officer_releases_the_results_and_nobody_is_told_which_one_it_is(app: Any, client_for: Any) -> None:
    call = proposals.open_call()
    secret, other = proposals.under_review(call), proposals.under_review(call)
    chain.decided(secret)
    chain.decided(other)
    officer, _auditor, free = _people(secret)
    proposals.close_call(call)
    page = client_for(officer).get(f"/officer/calls/{call.id}/ranking?lang=en").text
    assert "another officer has to release" in page and "/release" not in page and secret.number not in page
    answer = client_for(officer).post(f"/officer/calls/{call.id}/release?lang=en", data={"sure": "yes"})
    assert answer.status_code == 422 and "another officer" in answer.text and secret.number not in answer.text
    session.expire_all()
    assert projects.release_results(call, free) == 2


def test_its_project_its_reports_and_its_flags_are_another_officers(app: Any, client_for: Any) -> None:
    project = chain.running_project()
    application, lead = project.application, chain.lead(project)
    assert application is not None
    officer, auditor, free = _people(application)
    report = reports.reports_of(project.id)[0]
    results = tuple(milestones.Result(m.id, Achievement.achieved, "1", "") for m in reports.milestones_of(project.id))
    milestones.save(report, milestones.ReportData(WORDS, "", 5, results), report.version, lead)
    milestones.submit(report, lead)
    flag = Flag(
        rule="CONSORTIUM_INVALID",
        subject=f"project:{project.id}",
        project_id=project.id,
        facts={"rules": ["CON-5: one company"]},
    )
    session.add(flag)
    session.flush()
    numbers: dict[str, int] = {"project_id": project.id, "report_id": report.id, "flag_id": flag.id}
    for tied in (officer, auditor):
        browser = client_for(tied)
        own, _others = _walk(app, browser, application, (WORDS, application.number), **numbers)
        assert own >= 60
        for path in ("/projects", "/officer/flags", "/"):
            assert application.number not in browser.get(path).text, path
    open_page = _seen(client_for(free), "/", "/projects", f"/reports/{report.id}")
    assert application.number in open_page and WORDS in open_page
    with pytest.raises(Forbidden):
        milestones.judge(report, "accept", "", officer)
    milestones.judge(report, "accept", "", free)


def test_rates_and_targets_stay_whole_and_name_nothing_of_it(app: Any, client_for: Any) -> None:
    """CON-14: a figure is the same for everybody or not shown; no record of the project is in any list or file."""
    project = chain.completed_project()
    secret, others = project.application, [portfolio.project(adopted_on=project.adopted_on) for _ in range(2)]
    assert secret is not None and project.completed_on is not None
    officer, auditor, free = _people(secret)
    adopted, completed = fiscal_year(project.adopted_on), fiscal_year(project.completed_on)
    places = {"programme": "all", "first": str(adopted), "last": str(adopted), "reference": "adoption"}
    reached = {"programme": "all", "first": str(completed), "last": str(completed), "as_of": today().isoformat()}
    asked = [("participation", {**places, "definition": d}) for d in ("PR-1", "PR-4", "PR-5", "PR-6b")]
    asked += [("commercialization", {**reached, "level": level}) for level in ("E1", "E2")]
    firms = {m.organisation.org_key for m in secret.members} | {m.organisation.name_en for m in secret.members}
    marks = {project.project_key, MARK, *firms} - {""}
    project.title_en = MARK
    target = PdcaTarget(
        indicator="Participation", unit="%", baseline=0, target=9, starts_on=today() - timedelta(days=9),
        ends_on=today() + timedelta(days=9), source="Plan", actual=Actual.participation,
        question={"definition": "PR-1", "first": adopted, "last": adopted},
    )  # fmt: skip
    session.add(target)
    session.flush()
    homes = {"participation": "/rates", "commercialization": "/rates/commercialization"}
    seen: dict[int, str] = {}
    for who in (officer, auditor, free):
        browser, text = client_for(who), ""
        for kind, values in asked:
            base = f"/rates/{kind}/records"
            paths = [f"{base}?{urlencode({**values, 'verdict': v})}" for v in ("yes", "unknown", "no")]
            text += _seen(browser, *paths, f"{base}.csv?{urlencode(values)}")
            page = browser.get(f"{homes[kind]}?{urlencode({**values, 'lang': 'en'})}").text
            assert ("You stand aside" in page) is (who is not free), (kind, values)
        text += _seen(browser, *(f"/rates/{page}?{urlencode(reached)}" for page in ("cohorts", "groups")))
        board = _seen(browser, "/pdca?lang=en", f"/pdca/targets/{target.id}?lang=en", "/pdca/print?lang=en")
        assert ("you stand aside" in board, "0 of 3" in board) == ((True, False) if who is not free else (False, True))
        seen[who.id] = text
    assert all(row.project_key in text for row in others for text in seen.values())
    assert {mark for mark in marks if mark in seen[officer.id] + seen[auditor.id]} == set()
    assert project.project_key in seen[free.id] and MARK in seen[free.id] and any(f in seen[free.id] for f in firms)
    with pytest.raises(Refused, match="value-aside"):
        pdca.keep_answer(target, officer)
    # whoever asks for other years reads everything
    early = client_for(officer).get("/rates?first=1997&last=2004&lang=en").text
    assert "You stand aside" not in early


def test_a_tie_that_ended_long_ago_recuses_nobody(app: Any) -> None:
    secret, officer = proposals.submitted(), person(Role.officer)
    organisation_id = secret.members[2].organisation_id
    session.add(
        Affiliation(user_id=officer.id, organisation_id=organisation_id, valid_from=date(1990, 4, 1),
                    valid_to=date(2000, 3, 31))
    )  # fmt: skip
    session.flush()
    assert queries.get_for(officer, secret.id) is not None
