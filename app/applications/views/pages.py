"""What every page of a draft shares: loading, trying a form, showing a section."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.applications import operations, policy, queries
from app.applications.definitions import SECTIONS
from app.applications.forms import (
    WithdrawForm,
)
from app.applications.workflow import MACHINE
from app.calls import policy as call_policy
from app.core.access import role
from app.core.clock import now
from app.core.errors import OutOfOrder, Refused, Stale
from app.core.i18n import _

applicant = role("applicant")
readers = role("applicant", "officer", "auditor")


def load(application_id: int, lock: bool = False, whole: bool = True) -> Any:
    return queries.get_for(current_user, application_id, lock, whole) or abort(404)


def load_draft(application_id: int, lock: bool = False, whole: bool = True) -> Any:
    """The application, for a page about it as a whole: its lead's people and drafts only."""
    application = load(application_id, lock, whole)
    if not policy.is_lead(current_user, application):
        abort(403)
    if not policy.is_open(application):
        raise OutOfOrder(application, "edit", application.status)
    return application


def attempt(
    form: Any, verb: Callable[[], Any], show: Callable[[Any], str], done: str, stored: Callable[[], Any] | None = None
) -> ResponseReturnValue:
    """Check the form and let the operation speak; on a refusal show the page again with what was typed."""
    reasons: list[Any] = []
    if form.validate():
        try:
            verb()
            return redirect(done, 303)
        except Refused as refusal:
            reasons = refusal.reasons
        except Stale:
            if stored is None:
                raise Stale({}, {}, done) from None
            raise Stale(form.shown(), stored().shown(), request.path) from None
    return show(reasons), 422


def accepts_now(application: Any, instant: datetime, *, handing_in: bool = False) -> bool:
    """May the consortium change this (or hand it in) at this instant? The same question as the gate's."""
    try:
        operations.check_open(application, instant, handing_in=handing_in)
    except (OutOfOrder, Refused):
        return False
    return True


@queries.remembered()
def overview(application: Any, reasons: Any = (), **more: Any) -> str:
    """The overview page; ``reasons`` are what a refused submission or screening answers."""
    standing, instant, limit = queries.standing(current_user, application), now(), policy.deadline(application)
    findings, draft = queries.findings(application), policy.is_open(application)
    return render_template(
        "applications/detail.html",
        application=application,
        dossier=queries.dossier_of(application),
        standing=standing,
        findings=findings,
        blocking=[f for f in findings if f.blocks],
        tasks=queries.tasks(application, findings) if draft else [],
        points=queries.open_points(application, findings, standing) if draft else [],
        offer=queries.open_handover(application.id) if draft else None,
        sections={**SECTIONS, **queries.answers.titles(application)},
        events=MACHINE.available(application, current_user),
        machine=MACHINE,
        acting=queries.acting_by_member(application.id) if standing.lead else {},
        invitations=queries.invitations_of(application.id) if standing.lead else [],
        submission=queries.submission_of(application.id) if application.submitted_at else None,
        correction=queries.open_correction(application.id) if application.submitted_at else None,
        corrections=queries.corrections_of(application.id) if application.submitted_at else [],
        part_titles=part_titles(application),
        accepts_again=call_policy.accepts(application.call, instant, limit),
        screening=queries.screening_of(application.id) if not draft else None,
        accepts=accepts_now(application, instant),
        in_grace=call_policy.in_grace(instant, limit, application.created_at),
        limit=limit,
        instant=instant,
        left=limit.closes_at - instant,
        reasons=reasons,
        **{"screen_form": None, "withdraw_form": WithdrawForm(data={"version": application.version}), **more},
    )


def part_titles(application: Any) -> dict[str, Any]:
    """The parts that can be sent back, with their names."""
    shares = {f"share-{m.id}": _("Share of %(name)s", name=m.organisation.name) for m in application.members}
    named = {**SECTIONS, **shares, **queries.answers.titles(application)}
    return {key: named[key] for key in queries.part_keys(application) if key in named}


@queries.remembered()
def section(application: Any, name: str, form: Any, reasons: Any = (), **more: Any) -> str:
    """One section's page, with what the rules say about it."""
    limit = policy.deadline(application)
    return render_template(
        "applications/answers.html" if name.startswith("answers-") else f"applications/{name}.html",
        application=application,
        form=form,
        reasons=reasons,
        findings=[f for f in queries.findings(application) if f.rule.where == name],
        accepts=accepts_now(application, now()),
        limit=limit,
        others=", ".join(
            f"{one.name} ({one.organisation})" for one in queries.parts.present(application.id, current_user.id)
        ),
        **more,
    )


def saved_url(application: Any) -> str:
    return url_for("applications.detail", application_id=application.id, _anchor="next")
