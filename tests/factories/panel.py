"""A panel for tests: a call with proposals under review, reviewers who work on them, and a phase that lets them talk."""

from typing import Any

from app.accounts.models import User
from app.applications.models import Application
from app.core.clock import now
from app.panels import operations, queries
from app.panels.choices import Audience
from app.panels.models import Post
from app.reviews import operations as reviews
from app.reviews.models import ReviewAssignment
from tests.factories import chain, proposals


def accepted(application: Application, who: User | None = None) -> ReviewAssignment:
    """An assignment whose reviewer works on it and has not sent anything."""
    assignment = chain.assigned(application, who)
    reviews.answer(assignment, "accept", assignment.reviewer)
    return assignment


def two_proposals(**values: Any) -> tuple[Application, Application]:
    """Two proposals of one call that are under review."""
    call = proposals.open_call(**values)
    return proposals.under_review(call), proposals.under_review(call)


def posted(application: Application, who: User, text: str, audience: Audience = Audience.reviewers) -> Post:
    thread = queries.discussions.thread_for(who, application.id, now())
    assert thread is not None
    return operations.discussing.write(thread, audience, text, who)
