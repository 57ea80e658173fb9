"""The parts of a draft that people write: each with its form, its stored texts and its verb.

One definition serves the page, the plain save button, autosave, the merge of two people's changes and presence. A new
kind of part is one more builder in ``BUILDERS``; nothing else has to know it.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.applications import operations, policy, queries
from app.applications.definitions import SECTIONS
from app.applications.forms import SectionForm, answers_form, basics_form, milestones_form, plan_form, share_form
from app.applications.merging import Conflict, Outcome, merge
from app.applications.queries import parts as texts
from app.core.i18n import _


@dataclass(frozen=True)
class Part:
    """One part of one draft, for one actor."""

    key: str  # basics, milestones, plan, share-12
    section: str  # the section of the rules (definitions.SECTIONS)
    title: Any
    endpoint: str  # the page on which it is written
    arguments: Mapping[str, Any]
    writable: bool
    stored: Callable[[], dict[str, str]]
    form: Callable[[Any], SectionForm]  # filled with what is stored, or with what was sent
    write: Callable[[Any, Any, datetime], None]  # (form, actor, arrived): checks and saves
    lock: int | None = None  # the version that a confirmation of this part names


Builder = Callable[[Any, str, Any], Part | None]


def _whole(key: str, endpoint: str, stored: Any, form: Any, verb: Any, values: Any) -> Builder:
    def build(application: Any, rest: str, actor: Any) -> Part | None:
        if rest or not policy.is_lead(actor, application):
            return None
        return Part(
            key, key, SECTIONS[key], endpoint, {"application_id": application.id},
            policy.may_write(actor, application),
            lambda: stored(application),
            lambda sent: form(application, sent),
            lambda filled, who, arrived: verb(
                application, values(filled), application.version, actor=who, arrived=arrived
            ),
        )  # fmt: skip

    return build


def _share(application: Any, rest: str, actor: Any) -> Part | None:
    member = queries.member_of(application, int(rest)) if rest.isascii() and rest.isdigit() and len(rest) < 10 else None
    if member is None or not policy.may_read_share(actor, application, member):
        return None
    if not queries.standing(actor, application).sees_budget_of(member):
        return None
    return Part(
        f"share-{member.id}", "share", _("Share of %(name)s", name=member.organisation.name), "applications.share",
        {"application_id": application.id, "member_id": member.id},
        policy.may_edit_share(actor, application, member),
        lambda: texts.share_texts(member),
        lambda sent: share_form(member, queries.years_of(application), sent),
        lambda filled, who, arrived: operations.save_share(
            application, member, filled.values(), member.version, actor=who, arrived=arrived
        ),
        member.version,
    )  # fmt: skip


def _answers(application: Any, rest: str, actor: Any) -> Part | None:
    """A section of the call's questionnaire: every member reads it, whoever writes for the lead writes it."""
    section = queries.answers.section(application, rest)
    if section is None or not policy.may_read_answers(actor, application):
        return None
    key = f"answers-{section.key}"
    return Part(
        key, key, section.title, "applications.answers",
        {"application_id": application.id, "section_key": section.key},
        policy.may_write(actor, application),
        lambda: queries.answers.section_texts(application, section),
        lambda sent: answers_form(application, section, sent),
        lambda filled, who, arrived: operations.save_answers(
            application, section.key, filled.values(), application.version, actor=who, arrived=arrived
        ),
    )  # fmt: skip


BUILDERS: dict[str, Builder] = {
    "answers": _answers,
    "basics": _whole("basics", "applications.basics", texts.basics_texts, basics_form, operations.save_basics,
                     lambda form: form.values()),
    "milestones": _whole("milestones", "applications.milestones", texts.milestones_texts, milestones_form,
                         operations.save_milestones, lambda form: form.rows()),
    "plan": _whole("plan", "applications.plan", texts.plan_texts, plan_form, operations.save_plan,
                   lambda form: form.values()),
    "share": _share,
}  # fmt: skip


def part_of(application: Any, key: str, actor: Any) -> Part | None:
    """The part with this key, or None when it is not there for this actor."""
    kind, _dash, rest = key.partition("-")
    builder = BUILDERS.get(kind)
    part = builder(application, rest, actor) if builder else None
    if part is not None and part.writable and not queries.sent_back_too(application, key):
        part = replace(part, writable=False)
    return part


@dataclass(frozen=True)
class Saved:
    """What became of a save: stored, or in conflict (then nothing was written); ``since`` names who changed what."""

    outcome: Outcome
    form: SectionForm  # what was sent, merged with what is stored
    since: Mapping[str, texts.Changed]

    @property
    def conflicts(self) -> dict[str, Conflict]:
        return self.outcome.conflicts


def seen_versions(text: str | None) -> dict[str, int]:
    """The versions of single fields that a page has seen since it was opened (``{"abstract": 17}``); odd input is none."""
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict) or len(found) > 2_000:
        return {}
    return {str(k): v for k, v in found.items() if isinstance(v, int) and not isinstance(v, bool) and 0 < v < 2**31}


def save(
    application: Any, part: Part, form: SectionForm, version: int, versions: Mapping[str, int], *,
    actor: Any, arrived: datetime, only: Collection[str] | None = None,
) -> Saved:  # fmt: skip
    """Store a valid form, merged with what others stored since ``version``; ``only`` some fields of it, if named.

    The application must have been loaded with its lock. Raises what the part's verb raises.
    """
    operations.check_open(application, arrived, part.key)
    if not 0 < version <= application.version:
        version = 0  # no version of this draft
    stored = part.stored()
    base, since = texts.ancestor(application.id, part.key, versions, version, stored)
    sent = form.texts()
    mine = sent if only is None else {name: sent.get(name, "") for name in only}
    outcome = merge(base, mine, stored, form.long_fields())
    merged = part.form(form.formdata(outcome.values, application.version))
    if outcome.conflicts:
        merged.validate()
        return Saved(outcome, merged, since)
    merged.validate()
    part.write(merged, actor, arrived)
    return Saved(outcome, merged, since)
