"""One proposal with a planted mark for every kind of knowledge, and everybody who might come to know it."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from app.accounts.choices import Role
from app.accounts.models import User
from app.applications import operations
from app.applications import queries as applications
from app.applications.models import Application
from app.applications.operations.named import Person, Subcontract
from app.assigning import operations as assigning
from app.calls.models import Call
from app.changes import operations as changes
from app.changes.choices import ChangeKind
from app.changes.models import ChangeRequest
from app.core import storage
from app.core.clock import now, today
from app.core.db import session
from app.core.outbox import OutboxItem
from app.core.pdf import Document
from app.correspondence import operations as letters
from app.correspondence import queries as threads
from app.flags.models import Flag
from app.milestones import operations as milestones
from app.milestones import queries as milestone_queries
from app.money import operations as money
from app.organisations.models import Affiliation
from app.panels import operations as panels
from app.panels import queries as panel_queries
from app.panels.choices import Audience, ItemStatus, Recommendation
from app.panels.models import Post, Rebuttal
from app.panels.operations.planning import MeetingValues
from app.panels.operations.recording import MinutesValues
from app.projects import operations as projects
from app.projects import queries as project_queries
from app.reviewers import operations as reviewers
from app.reviewers.choices import ConflictVerdict
from app.reviews import operations as reviews
from app.reviews.choices import Others, Outcome, PhaseKind
from app.reviews.models import ReviewAssignment, ScoreChange
from tests.factories import chain, panel, proposals, reviewing
from tests.factories import money as money_data
from tests.factories.people import person

#: What can be known of a proposal, and the words that give it away. The keys are the rows of docs/confidentiality.md.
MARKS = {
    "title": "ZQTITLE",
    "plan": "ZQPLAN",
    "named person": "ZQPERSON",
    "subcontractor": "ZQSUBFIRM",
    "partner's cost": "1,234,321",
    "file": "ZQFILE",
    "message": "ZQMESSAGE",
    "reviewer's name": "Zqreviewer sent",
    "comment to panel": "ZQPANELWORD",
    "comment to applicant": "ZQAPPLICANTWORD",
    "unsent review": "ZQDRAFT",
    "forecast": "73% · 2031",
    "changed score": "ZQCHANGED",
    "reason of declining": "ZQDECLINED",
    "suggested instead": "ZQSUGGESTED",
    "judged conflict": "ZQJUDGED",
    "grounds of decision": "ZQGROUNDS",
    "condition": "ZQCONDITION",
    "remarks": "ZQREMARKS",
    "answer to reviews": "ZQANSWER",
    "post to its reviewers": "ZQCIRCLE",
    "post to the panel": "ZQWHOLE",
    "post to the office": "ZQOFFICE",
    "minutes": "ZQMINUTES",
    "part of a report": "ZQREPORTPART",
    "cost note of a part": "ZQCOSTNOTE",
    "draft of a report": "ZQREPORTDRAFT",
    "monitoring for the office": "ZQFOROFFICE",
    "monitoring for the consortium": "ZQFORTHEM",
    "draft of a change": "ZQREQUESTDRAFT",
    "cost line of a change": "777,123",
    "line of cost": "ZQPAYEE",
    "holder of the account": "ZQHOLDER",
    "number of the account": "904173628",
}
CONFIGURATIONS = ("W", "B", "P", "R")


class World:
    """The people and the keys of one configuration."""

    def __init__(self, configuration: str) -> None:
        self.configuration = configuration
        self.people: dict[str, User | None] = {}
        self.call = proposals.open_call()
        self.others = [proposals.under_review(self.call), proposals.under_review(self.call)]
        self.application = _proposal(self.call)
        lead, partner = proposals.lead_of(self.application), proposals.person_of(self.application.members[2])
        self.people |= {
            "anonymous": None, "lead": lead, "partner": partner, "another partner": proposals.person_of(self.application.members[1]),
            "other applicant": proposals.lead_of(self.others[0]),
        }  # fmt: skip
        self._office()
        self._reviewers()
        self._phase()
        self._panel()
        self._decision()
        session.commit()

    def _office(self) -> None:
        for name in ("officer", "recused officer", "auditor", "recused auditor"):
            self.people[name] = person(Role.officer if "officer" in name else Role.auditor)
            if "recused" in name:
                tie(self.people[name], self.application)
        self.people["administrator"] = person(Role.admin)
        self.people["cluster manager"] = person(Role.cluster_manager, scope="t-cluster")
        officer = self.people["officer"]
        lead = self.people["lead"]
        thread = threads.thread_for(lead, self.application.id)
        assert thread is not None
        letters.write(thread, MARKS["message"], actor=lead)
        operations.screen(self.application, True, "", self.application.version, actor=officer)

    def _reviewers(self) -> None:
        officer = self.people["officer"]
        self.assignments: dict[str, ReviewAssignment] = {}
        names = ("reviewer, sent", "reviewer, writing", "reviewer, invited", "reviewer, declined", "reviewer, tied")
        for name in names:
            who = chain.reviewer(name=f"Zqreviewer {name.split()[-1]}")
            self.people[name] = who
            self.assignments[name] = chain.assigned(self.application, who, officer)
        self.people["reviewer elsewhere"] = panel.accepted(self.others[1]).reviewer
        assigning.decline(
            self.assignments["reviewer, declined"], MARKS["reason of declining"], MARKS["suggested instead"],
            self._who("declined"),
        )  # fmt: skip
        both = self.people["officer reviewing"] = chain.known(
            person(Role.officer, Role.reviewer, name="Zqreviewer both")
        )
        self.assignments["officer reviewing"] = chain.assigned(self.application, both, officer)
        reviews.answer(self.assignments["officer reviewing"], "accept", both)
        for name in ("sent", "writing", "tied"):
            reviews.answer(self.assignments[f"reviewer, {name}"], "accept", self._who(name))
        scores: dict[int, int | None] = {criterion.id: 4 for criterion in self.call.criteria}
        sent = self.assignments["reviewer, sent"]
        reviews.save(sent, scores, MARKS["comment to panel"], MARKS["comment to applicant"], 0, self._who("sent"),
                     forecast_pct=73, forecast_year=2031)  # fmt: skip
        reviews.submit(sent, self._who("sent"))
        writing = self.assignments["reviewer, writing"]
        reviews.save(writing, scores, MARKS["unsent review"], "", 0, self._who("writing"))
        self.meeting = panels.planning.plan(
            self.call, MeetingValues(now(), "Room 5", self.people["reviewer elsewhere"].id), 15, officer
        )
        reviewers.judge(
            self.application, self._who("tied"), ConflictVerdict.conflict, MARKS["judged conflict"],
            seen=frozenset(), actor=officer,
        )  # fmt: skip

    def _who(self, name: str) -> User:
        found = self.people[f"reviewer, {name}"]
        assert found is not None
        return found

    def _phase(self) -> None:
        kinds: dict[str, Callable[[], Any]] = {
            "W": lambda: reviewing.phase(self.call),
            "B": lambda: reviewing.blind(self.call),
            "P": lambda: reviewing.phase(self.call, PhaseKind.panel, others=Others.always),
            "R": lambda: reviewing.phase(self.call, PhaseKind.closed),
        }
        kinds[self.configuration]()

    def _panel(self) -> None:
        """Posts for every circle, a changed score, the applicants' answer, and a meeting with minutes, also printed."""
        application, officer, sent = self.application, self.people["officer"], self.assignments["reviewer, sent"]
        assert officer is not None and sent.review is not None
        self.posts = [
            Post(application_id=application.id, author_id=sent.reviewer_id, audience=audience, text=MARKS[what])
            for audience, what in (
                (Audience.reviewers, "post to its reviewers"),
                (Audience.panel, "post to the panel"),
                (Audience.office, "post to the office"),
            )
        ]
        session.add_all(self.posts)
        session.add(
            ScoreChange(
                review_id=sent.review.id, criterion_id=self.call.criteria[0].id, before=3, after=4, phase_kind="panel",
                by_id=sent.reviewer_id, phase_en="Panel", phase_ja="審査委員会", reason=MARKS["changed score"],
            )
        )  # fmt: skip
        session.add(
            Rebuttal(application_id=application.id, overall=MARKS["answer to reviews"], sent_at=now(),
                     saved_by_id=self.people["lead"].id, sent_by_id=self.people["lead"].id)  # type: ignore[union-attr]
        )  # fmt: skip
        meeting = panel_queries.meetings.get_for(officer, self.meeting.id)
        assert meeting is not None
        self.item = next(
            item for item in panel_queries.meetings.items_of(meeting.id) if item.application_id == application.id
        )
        while self.item.status is not ItemStatus.discussing:
            panels.driving.drive(meeting, "next" if meeting.began_at else "start", meeting.version, officer)
        values = MinutesValues(MARKS["minutes"], Recommendation.undecided, None)
        panels.recording.write(self.item, values, 0, officer)
        panels.recording.print_minutes(meeting, "en", officer)

    def _decision(self) -> None:
        """Staged in every configuration, released in R only."""
        application, officer = self.application, self.people["officer"]
        decision = reviews.propose(
            application, Outcome.adopted, application.total_yen, MARKS["condition"], MARKS["grounds of decision"], 0,
            person(Role.officer), remarks=MARKS["remarks"],
        )  # fmt: skip
        reviews.confirm(decision, decision.version, officer)
        if self.configuration == "R":
            for other in self.others:
                chain.decided(other)
            proposals.close_call(self.call)
            projects.release_results(self.call, person(Role.officer))
            self._life()

    def _life(self) -> None:
        """The project after the award: a contract, a report and a change being written, money, a judgement of its course."""
        lead, partner, officer = (self.people[name] for name in ("lead", "partner", "officer"))
        assert lead is not None and partner is not None and officer is not None
        project = project_queries.by_application(self.application.id)
        assert project is not None
        self.project, begin = project, today() - timedelta(days=60)
        self.contract = chain.contracted(project, begin, officer=officer).contracts[0]
        milestones.start(project, begin, begin + timedelta(days=300), officer)
        self.report = milestone_queries.reports_of(project.id)[0]
        mine = self.application.members[2].organisation_id
        part = milestones.PartData(
            MARKS["part of a report"], "", None, {"LAB": 1}, MARKS["cost note of a part"], "", "", "", ""
        )
        milestones.save_part(self.report, mine, part, 0, partner)
        draft = milestones.ReportData(MARKS["draft of a report"], "", None, ())
        milestones.save(self.report, draft, self.report.version, lead)
        words = (MARKS["monitoring for the office"], MARKS["monitoring for the consortium"])
        score = milestones.save_score(project, milestones.ScoreData(today(), 3, 3, 3, 3, *words), 0, officer)
        milestones.release_score(project, score, officer, score.version)
        self.changes = [self._change(MARKS["plan"], mine), self._change(MARKS["draft of a change"])]
        self.expense = money_data.expense(
            self.contract, partner, mine, payee=MARKS["line of cost"], paid_on=begin + timedelta(days=1)
        )
        account = money.Account("Bank Z", MARKS["holder of the account"], MARKS["number of the account"])
        self.payment = money.advance(self.contract, 100_000, "Material", account, lead)

    def _change(self, why: str, of: int | None = None) -> ChangeRequest:
        """A request that moves money of one partner and is handed in; without a partner, one that is being written."""
        lead = self.people["lead"]
        request = changes.open_request(self.project, lead)
        changes.save_words(request, changes.Words(why, "", "", today()), request.version, lead)
        if of is not None:
            year = applications.years_of(self.application)[0]
            moved = {"organisation": of, "year": year, "item": "EQ", "to_item": "MAT", "yen": 777_123}
            changes.add_item(request, ChangeKind.item_transfer, moved, request.version, lead)
            changes.hand_in(request, request.version, lead)
        return request

    def abouts(self) -> list[str]:
        """What the papers about this proposal bear: its number and, once it is a project, that of the project."""
        return [self.application.number, *([self.project.project_key] if self.configuration == "R" else [])]

    def tells(self, viewer: str, text: str) -> Iterator[str]:
        """What a text gives away to this viewer. A reviewer's name is no secret; that it belongs here is."""
        low = text.casefold()
        for what, mark in MARKS.items():
            if mark.casefold() not in low:
                continue
            if what == "reviewer's name" and (viewer == "reviewer, sent" or self.application.number not in text):
                continue
            yield what

    def letters(self, user: User | None) -> str:
        """All letters that this person was sent."""
        items = session.query(OutboxItem).filter_by(kind="mail")
        return "\n".join(str(item.payload) for item in items if user and item.payload.get("to") == user.email)

    def values(self) -> dict[str, list[Any]]:
        """What stands in addresses: the keys of everything planted here."""
        application = self.application
        papers = [d.id for d in session.query(Document) if any(one in str(d.context) for one in self.abouts())]
        return self._values_of_life() | {
            "application_id": [application.id],
            "call_id": [self.call.id],
            "member_id": [member.id for member in application.members],
            "attachment_id": [attachment.id for attachment in applications.current_attachments(application)],
            "assignment_id": [assignment.id for assignment in self.assignments.values()],
            "user_id": [self._who("sent").id],
            "receipt_number": [applications.submission_of(application.id).receipt_number],  # type: ignore[union-attr]
            "organisation_id": [application.members[2].organisation_id],
            "document_id": papers,
            "meeting_id": [self.meeting.id],
            "panels.item_id": [self.item.id],
            "post_id": [post.id for post in self.posts],
            "part_key": ["basics"],
            "section_key": ["answers-1"],
            "item_id": [item.id for item in session.query(OutboxItem) if application.number in str(item.payload)],
            "earlier": [1],
            "later": [1],
        }

    def _values_of_life(self) -> dict[str, list[Any]]:
        """What stands in the addresses of a project."""
        if self.configuration != "R":
            return {}
        return {
            "project_id": [self.project.id],
            "contract_id": [self.contract.id],
            "agreements.number": [1],
            "agreements.code": ["plan"],
            "milestones.number": [1],
            "report_id": [self.report.id],
            "milestone_id": [row.id for row in milestone_queries.milestones_of(self.project.id)][:1],
            "request_id": [request.id for request in self.changes],
            "changes.kind": [ChangeKind.item_transfer.value],
            "expense_id": [self.expense.id],
            "payment_id": [self.payment.id],
            "follow_up_id": [1],
            "flag_id": [row.id for row in session.query(Flag).filter_by(project_id=self.project.id)],
        }


def tie(user: User | None, application: Application) -> None:
    """The person has left one of the members a year ago."""
    assert user is not None
    gone = today() - timedelta(days=365)
    there = application.members[3].organisation_id
    session.add(Affiliation(user_id=user.id, organisation_id=there, valid_from=date(2010, 4, 1), valid_to=gone))
    session.flush()


def _proposal(call: Call) -> Application:
    words = {"title_en": MARKS["title"], "title_ja": MARKS["title"], "seed_technology": MARKS["plan"]}
    application = proposals.complete_draft(call, **words)
    member = application.members[2]
    share = operations.Share(
        resources="Bench", contribution_pct=25, jsic=member.jsic, holds_seed=False, contact_name="Contact",
        budget={(applications.years_of(application)[0], item): yen for item, yen in (("LAB", 1_234_321), ("EQ", 5_000_000))},
        people={1: Person(MARKS["named person"], "x", None, "dept")},
        subcontractors={1: Subcontract(MARKS["subcontractor"], None, "casting")},
    )  # fmt: skip
    who = proposals.person_of(member)
    operations.save_share(application, member, share, member.version, actor=who, arrived=now())
    operations.confirm_share(application, member, "A. Person", member.version, actor=who, arrived=now())
    for attachment in applications.current_attachments(application):
        attachment.file = storage.keep(
            proposals.pdf_bytes(MARKS["file"]), name="plan.pdf", media_type="application/pdf", created_by_id=None
        )
    session.flush()
    proposals.submit(application)
    return application
