"""The verbs of applications on both databases."""

from typing import Any

import pytest

from app.applications import queries
from app.applications.choices import ApplicationStatus
from app.calls.choices import Programme
from tests.factories import proposals


@pytest.mark.parametrize("programme", list(Programme))
def test_a_complete_draft_satisfies_every_rule_and_can_be_handed_in(app: Any, programme: Programme) -> None:
    application = proposals.complete_draft(proposals.open_call(programme))
    assert [f.rule.id for f in queries.findings(application) if f.failed] == []
    proposals.submit(application)
    assert application.status == ApplicationStatus.submitted
