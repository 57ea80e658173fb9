"""Raising what now holds and clearing what no longer does."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from app.calls.choices import Programme
from app.core.audit import SYSTEM
from app.core.clock import now, today
from app.core.db import session
from app.flags import queries
from app.flags.choices import Gone
from app.flags.definitions import RULES, Finding, Settings, evaluate, evaluate_cohort, evaluate_course, evaluate_firm
from app.flags.models import Flag
from app.flags.workflow import FLAG

PROGRAMMES = [programme.value for programme in Programme]


def refresh(project_ids: list[int] | None = None) -> int:
    """Raise what now holds of projects and clear what no longer does; answers how many flags changed.

    Runs on save for one project and nightly for all. A flag that an officer resolved stays resolved while its
    finding holds, so it does not come back the next night.
    """
    on, settings = today(), queries.settings(PROGRAMMES)
    found, looked = [], queries.facts(project_ids)
    for project_id, facts in looked.items():
        own = settings[facts.programme]
        found += [(f"project:{project_id}", project_id, one, own[one.rule]) for one in evaluate(facts, on, own)]

    def why(flag: Flag) -> Gone:
        facts = looked.get(flag.project_id or 0)
        if facts is None or flag.rule not in RULES:
            return _why(flag, None)
        before = evaluate(facts, on, {flag.rule: flag.given}) if flag.given is not None else []
        return _why(flag, settings[facts.programme], any(one.occasion == flag.occasion for one in before))

    return _compare(found, queries.living(project_ids), why)


def _why(flag: Flag, settings: Settings | None, held: bool = True) -> Gone:
    """Why a flag goes. ``settings`` are those of its programme now (None: it is not looked at any more), ``held`` says
    whether it would hold as the rule was set when it was raised."""
    if flag.rule not in RULES:
        return Gone.rule_gone
    if settings is None:
        return Gone.ended
    if flag.rule not in settings:
        return Gone.switched_off
    changed = flag.given is not None and dict(settings[flag.rule]) != flag.given
    return Gone.settings if changed and held else Gone.ended


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
    of_programme = {programme.value: settings[programme.value] for programme in Programme}

    def set_for(subject: str) -> Settings:
        _kind, _colon, key = subject.partition(":")
        return of_programme.get(key.partition(":")[0], settings[PROGRAMMES[0]])

    def why(flag: Flag) -> Gone:
        own = set_for(flag.subject)
        off = flag.rule == "CLUSTER_SHARE_LOW" and not own.get(flag.rule, {}).get("percent")
        return Gone.switched_off if off else _why(flag, own)

    rows = [(one.subject, None, one, set_for(one.subject)[one.rule]) for one in found]
    return _compare(rows, queries.living_elsewhere(), why)


def _firms(settings: Mapping[str, Mapping[str, int]]) -> list[Finding]:
    """A firm's projects are of several programmes: the setting for all programmes holds (the first one's own else)."""
    values = settings.get("FIRM_BELOW_BENCHMARK")
    if values is None:
        return []
    records = queries.firm_records(values["span"], values["without"], today())
    return [one for record in records for one in evaluate_firm(record, today(), settings)]


def _compare(
    found: Iterable[tuple[str, int | None, Finding, Mapping[str, int]]], present: Sequence[Flag],
    why: Callable[[Flag], Gone],
) -> int:  # fmt: skip
    living = {(f.rule, f.subject, f.occasion): f for f in present}
    changed = 0
    for subject, project_id, finding, given in found:
        flag = living.pop((finding.rule, subject, finding.occasion), None)
        if flag is None:
            kind, _colon, key = subject.partition(":")
            session.add(
                Flag(
                    rule=finding.rule, subject=subject, project_id=project_id, occasion=finding.occasion,
                    facts=finding.facts, organisation_id=int(key) if kind == "organisation" else None, given=dict(given),
                )
            )  # fmt: skip
            changed += 1
            continue
        if flag.facts != finding.facts:
            flag.facts = finding.facts
        if flag.given != dict(given):
            flag.given = dict(given)
    for flag in living.values():
        reason = why(flag)
        FLAG.apply(flag, "clear", SYSTEM, reason=reason.label.en)
        flag.cleared_at, flag.gone = now(), reason.value
        changed += 1
    session.flush()
    return changed


def wake() -> None:
    """Clockwork: snoozed flags whose day has come are open again."""
    for flag in queries.snoozed_until(today()):
        FLAG.apply(flag, "reopen", SYSTEM, reason="the day has come")
