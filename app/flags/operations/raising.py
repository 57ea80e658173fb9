"""Raising what now holds and clearing what no longer does."""

from collections.abc import Iterable, Mapping, Sequence

from app.calls.choices import Programme
from app.core.audit import SYSTEM
from app.core.clock import now, today
from app.core.db import session
from app.flags import queries
from app.flags.definitions import RULES, Finding, evaluate, evaluate_cohort, evaluate_course, evaluate_firm
from app.flags.models import Flag
from app.flags.workflow import FLAG

PROGRAMMES = [programme.value for programme in Programme]


def refresh(project_ids: list[int] | None = None) -> int:
    """Raise what now holds of projects and clear what no longer does; answers how many flags changed.

    Runs on save for one project and nightly for all. A flag that an officer resolved stays resolved while its
    finding holds, so it does not come back the next night.
    """
    on, settings = today(), queries.settings(PROGRAMMES)
    found = []
    for project_id, facts in queries.facts(project_ids).items():
        found += [(f"project:{project_id}", project_id, one) for one in evaluate(facts, on, settings[facts.programme])]
    return _compare(found, queries.living(project_ids))


def refresh_portfolio() -> int:
    """The same for years of adoption, programmes and firms; nightly, for it counts over everything."""
    on, settings = today(), queries.settings(PROGRAMMES)
    found: list[Finding] = []
    for programme in Programme:
        own = settings[programme.value]
        if own.get("CLUSTER_SHARE_LOW", {}).get("percent"):
            for cohort in queries.cohorts(programme):
                found += evaluate_cohort(cohort, on, own)
        if values := own.get("BELOW_BENCHMARK"):
            course = queries.course(programme, values["level"], values["years"], on)
            found += evaluate_course(course, on, own) if course is not None else []
    found += _firms(settings[PROGRAMMES[0]])
    return _compare([(one.subject, None, one) for one in found], queries.living_elsewhere())


def _firms(settings: Mapping[str, Mapping[str, int]]) -> list[Finding]:
    """A firm's projects are of several programmes: the setting for all programmes holds (the first one's own else)."""
    values = settings.get("FIRM_BELOW_BENCHMARK")
    if values is None:
        return []
    records = queries.firm_records(values["span"], values["without"], today())
    return [one for record in records for one in evaluate_firm(record, today(), settings)]


def _compare(found: Iterable[tuple[str, int | None, Finding]], present: Sequence[Flag]) -> int:
    living = {(f.rule, f.subject, f.occasion): f for f in present}
    changed = 0
    for subject, project_id, finding in found:
        flag = living.pop((finding.rule, subject, finding.occasion), None)
        if flag is None:
            kind, _colon, key = subject.partition(":")
            session.add(
                Flag(
                    rule=finding.rule, subject=subject, project_id=project_id, occasion=finding.occasion,
                    facts=finding.facts, organisation_id=int(key) if kind == "organisation" else None,
                )
            )  # fmt: skip
            changed += 1
        elif flag.facts != finding.facts:
            flag.facts = finding.facts
    for flag in living.values():
        gone = "the rule is switched off" if flag.rule not in RULES else "the finding no longer holds"
        FLAG.apply(flag, "clear", SYSTEM, reason=gone)
        flag.cleared_at = now()
        changed += 1
    session.flush()
    return changed


def wake() -> None:
    """Clockwork: snoozed flags whose day has come are open again."""
    for flag in queries.snoozed_until(today()):
        FLAG.apply(flag, "reopen", SYSTEM, reason="the day has come")
