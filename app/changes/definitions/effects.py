"""What a change makes different: one comparison of before and after serves the preview, the decision and the record."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.applications import definitions as rules
from app.calls.choices import Programme
from app.changes.definitions.standing import Standing
from app.core.i18n import Bilingual

AREAS = {
    "project": Bilingual("Project", "事業"),
    "partners": Bilingual("Partners", "参加機関"),
    "milestones": Bilingual("Milestones", "マイルストーン"),
    "budget": Bilingual("Budget by partner", "機関別予算"),
    "items": Bilingual("Budget lines", "予算区分"),
    "years": Bilingual("Budget by fiscal year", "年度別予算"),
    "rules": Bilingual("Rules of the consortium", "体制に関する要件"),
    "plan": Bilingual("Commercialization plan", "事業化計画"),
}


@dataclass(frozen=True)
class Effect:
    """One thing that is different afterwards. ``before`` and ``after`` are yen (int), days, or codes; None = none.

    ``warning`` marks what an officer should weigh: a rule broken, a ceiling passed, a date beyond the end.
    """

    area: str
    subject: Any  # an organisation id, a milestone's position, (organisation, year, item), a rule's id, or a field
    before: Any
    after: Any
    warning: Bilingual | None = None


def _failed(standing: Standing, on: date) -> dict[str, Bilingual]:
    """CON-4 to CON-7, NC-2 to NC-5 that do not hold with those who take part on a day."""
    members = [
        rules.MemberFacts(
            org_type=standing.org_types.get(part.organisation_id, ""), role=part.role, key=part.organisation_id,
            jsic=standing.jsic.get(part.organisation_id),
        )
        for part in standing.present(on)
    ]  # fmt: skip
    findings = rules.consortium_findings(
        Programme(standing.programme), members, min_companies=standing.min_companies, sme_rule=standing.sme_rule
    )
    return {found.rule.id: found.detail for found in findings if found.blocks}


def effects(before: Standing, after: Standing, on: date) -> list[Effect]:
    """Everything that differs, in the order of the areas, judged on the day ``on`` on which the change takes effect."""
    return [
        *_project(before, after), *_partners(before, after, on), *_milestones(before, after), *_budget(before, after),
        *_rules(before, after, on), *_plan(before, after),
    ]  # fmt: skip


def _project(before: Standing, after: Standing) -> Iterator[Effect]:
    for name in ("title_ja", "title_en", "ends_on", "suspended_from", "ended_on"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Effect("project", name, old, new)


def _partners(before: Standing, after: Standing, on: date) -> Iterator[Effect]:
    then = {organisation: _roles(before, organisation, on) for organisation in before.organisations(on)}
    now = {organisation: _roles(after, organisation, on) for organisation in after.organisations(on)}
    for organisation in dict.fromkeys([*then, *now]):
        if then.get(organisation) != now.get(organisation):
            yield Effect("partners", organisation, then.get(organisation), now.get(organisation))


def _roles(standing: Standing, organisation: int, on: date) -> tuple[str, ...]:
    return tuple(sorted(part.role for part in standing.present(on) if part.organisation_id == organisation))


_BEYOND = Bilingual("lies after the end of the project", "事業の終了日より後です")


def _milestones(before: Standing, after: Standing) -> Iterator[Effect]:
    old = {one.id: one for one in before.milestones}
    for new in after.milestones:
        was = old[new.id]
        late = not new.done and after.ends_on is not None and new.due_on > after.ends_on
        if was != new:
            yield Effect(
                "milestones", new.position, (was.goal, was.target, was.due_on, was.organisation_id),
                (new.goal, new.target, new.due_on, new.organisation_id), _BEYOND if late else None,
            )  # fmt: skip
        elif late and (before.ends_on is None or was.due_on <= before.ends_on):
            yield Effect("milestones", new.position, was.due_on, new.due_on, _BEYOND)


def _budget(before: Standing, after: Standing) -> Iterator[Effect]:
    for area, old, new in (
        ("budget", before.by_organisation(), after.by_organisation()),
        ("years", before.by_year(), after.by_year()),
        ("items", before.budget, after.budget),
    ):
        for key in sorted({*old, *new}):  # type: ignore[misc]
            if old.get(key, 0) == new.get(key, 0):  # type: ignore[call-overload]
                continue
            warning = None
            if area == "years":
                ceiling = after.contracts.get(key)  # type: ignore[call-overload]
                if ceiling is not None and new.get(key, 0) > ceiling:  # type: ignore[call-overload]
                    warning = Bilingual(f"above the contract's {ceiling:,} yen", f"契約額{ceiling:,}円を超えます")
            yield Effect(area, key, old.get(key, 0), new.get(key, 0), warning)  # type: ignore[call-overload]


def _rules(before: Standing, after: Standing, on: date) -> Iterator[Effect]:
    was, now = _failed(before, on), _failed(after, on)
    for rule in sorted({*was, *now}):
        if rule in now:
            if now[rule] != was.get(rule):
                yield Effect("rules", rule, "held" if rule not in was else "broken", "broken", now[rule])
        else:
            yield Effect("rules", rule, "broken", "held")


def _plan(before: Standing, after: Standing) -> Iterator[Effect]:
    sale, end = after.first_sale_on, after.ends_on
    early = sale is not None and end is not None and sale < end and (before.ends_on is None or end > before.ends_on)
    warning = (
        Bilingual("the first sale is planned before the project ends", "最初の販売予定日が事業の終了前です")
        if early
        else None
    )
    if before.first_sale_on != sale or warning is not None:
        yield Effect("plan", "first_sale_on", before.first_sale_on, sale, warning)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return sorted([[_plain(key), _plain(one)] for key, one in value.items()], key=str)
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def digest(standing: Standing) -> str:
    """The SHA-256 of how a project stands: an approval rests on exactly what was looked at."""
    values = {name: _plain(value) for name, value in asdict(standing).items() if name != "names"}
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
