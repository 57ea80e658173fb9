"""Verbs of questionnaires: begin, compose, copy, import, publish. Every change makes a whole new content, which is
checked before it takes the old one's place: a draft that dangles is never stored."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.core import audit
from app.core.clock import now
from app.core.db import session
from app.core.errors import Forbidden, NotFound, OutOfOrder, Reason, Refused, Stale
from app.core.i18n import Bilingual
from app.questionnaires import policy, queries
from app.questionnaires.definitions import (
    Content,
    Fault,
    Question,
    Section,
    as_json,
    content_hash,
    faults,
    place,
    read,
    read_question,
    read_section,
    referring,
)
from app.questionnaires.models import Questionnaire, QuestionnaireVersion

DATA = Path(__file__).parent / "data"


def template(programme: str) -> Content:
    """The questions of a programme as they come with the system (CON-2, CON-3, CON-16, CON-18, NC-12, NC-13)."""
    found, wrong = read(json.loads((DATA / f"{programme}.json").read_text("utf-8")))
    assert not wrong, wrong
    return found


def create(title: Bilingual, content: Content, *, actor: audit.Actor) -> Questionnaire:
    """A new questionnaire whose version 1 is a draft."""
    _officer(actor)
    row = Questionnaire(title_en=title.en, title_ja=title.ja, created_by_id=actor.actor_id)
    session.add(row)
    session.flush()
    session.add(_version(row, 1, content))
    session.flush()
    session.expire(row, ["versions"])
    audit.record(row, "created", actor)
    return row


def _version(questionnaire: Questionnaire, number: int, content: Content) -> QuestionnaireVersion:
    return QuestionnaireVersion(
        questionnaire_id=questionnaire.id, number=number, content=as_json(content), content_hash=content_hash(content)
    )


def start_version(questionnaire: Questionnaire, *, actor: audit.Actor) -> QuestionnaireVersion:
    """A draft that begins as the newest version. Raises OutOfOrder while there is a draft already."""
    _officer(actor)
    newest = queries.versions(questionnaire)[0]
    if newest.is_draft:
        raise OutOfOrder(questionnaire, "start a version", Bilingual("a draft exists", "作成中の版があります"))
    row = _version(questionnaire, newest.number + 1, queries.content(newest))
    session.add(row)
    session.flush()
    session.expire(questionnaire, ["versions"])
    audit.record(questionnaire, "version_started", actor, data={"number": row.number})
    return row


def discard(questionnaire: Questionnaire, row: QuestionnaireVersion, version: int, *, actor: audit.Actor) -> None:
    """Throw a draft away and keep what is published. The only version there is cannot be thrown away."""
    _open(row, version, actor)
    if row.number == 1:
        raise Refused([Reason("only", Bilingual("This is the only version.", "唯一の版は破棄できません。"))])
    audit.record(questionnaire, "version_discarded", actor, data={"number": row.number})
    session.delete(row)
    session.flush()
    session.expire(questionnaire, ["versions"])


def publish(questionnaire: Questionnaire, row: QuestionnaireVersion, notes: str, *, actor: audit.Actor) -> None:
    """Freeze a draft: from now on it is what applicants answer. Raises OutOfOrder for one that is public already."""
    _officer(actor)
    if not row.is_draft:
        raise OutOfOrder(questionnaire, "publish", Bilingual("published", "公表済み"))
    row.notes = notes
    row.published_at, row.published_by_id = now(), actor.actor_id
    session.flush()
    audit.record(
        questionnaire, "version_published", actor, data={"number": row.number, "content_hash": row.content_hash}
    )


def replace_content(
    questionnaire: Questionnaire, row: QuestionnaireVersion, content: Content, version: int, *, event: str,
    actor: audit.Actor, data: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Put a whole content in place of a draft's. Raises Refused with every fault, Stale when somebody was faster."""
    _open(row, version, actor)
    refuse(faults(content))
    row.content, row.content_hash = as_json(content), content_hash(content)
    session.flush()
    audit.record(questionnaire, event, actor, data={"number": row.number, **(data or {})})


def import_file(
    questionnaire: Questionnaire, row: QuestionnaireVersion, text: str, version: int, *, actor: audit.Actor
) -> Content:
    """Replace a draft by a file's content, all or nothing. Raises Refused naming each fault by line or path."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise Refused([Reason("json", Bilingual(
            f"Line {error.lineno}, column {error.colno}: this is no JSON.",
            f"{error.lineno}行{error.colno}列: JSONとして読み取れません。",
        ))]) from None  # fmt: skip
    except (ValueError, RecursionError):
        raise Refused([Reason("json", Bilingual("This is no JSON.", "JSONとして読み取れません。"))]) from None
    content, wrong = read(data)
    refuse(wrong)
    replace_content(questionnaire, row, content, version, event="imported", actor=actor)
    return content


def copy_from(
    questionnaire: Questionnaire, row: QuestionnaireVersion, other: Questionnaire, version: int, *, actor: audit.Actor
) -> None:
    """Replace a draft by the newest version of another questionnaire."""
    source = queries.published(other.id) or queries.versions(other)[0]
    content = queries.content(source)
    data = {"from": other.id, "from_number": source.number}
    replace_content(questionnaire, row, content, version, event="copied", actor=actor, data=data)


def save_section(
    questionnaire: Questionnaire, row: QuestionnaireVersion, key: str | None, data: dict[str, Any], version: int, *,
    actor: audit.Actor,
) -> Section:  # fmt: skip
    """Add a section (``key`` None) or change one; its questions stay."""
    content = queries.content(row)
    section, wrong = read_section(data)
    refuse(wrong)
    if key is not None:
        section = replace(section, questions=_section(content, key).questions)
    _not_taken(section.key, key, [s.key for s in content.sections])
    changed = content.with_section(section, key)
    here = f"sections[{[s.key for s in changed.sections].index(section.key)}]"
    _store(questionnaire, row, changed, version, actor, "section_saved", section.key, here)
    return section


def save_question(
    questionnaire: Questionnaire, row: QuestionnaireVersion, section_key: str, key: str | None, data: dict[str, Any],
    version: int, *, actor: audit.Actor,
) -> Question:  # fmt: skip
    """Add a question at the end of a section (``key`` None) or change one where it stands.

    Raises Refused, with the place in the form, for faults and for a new key while others name the old one.
    """
    content = queries.content(row)
    section = _section(content, section_key)
    question, wrong = read_question(data)
    refuse(wrong)
    _not_taken(question.key, key, [q.key for q in content.questions()])
    if key is not None and question.key != key:
        _unreferred(content, key)
    if key is None:
        questions = (*section.questions, question)
    else:
        questions = tuple(question if q.key == key else q for q in section.questions)
    changed = content.with_section(replace(section, questions=questions), section.key)
    _store(questionnaire, row, changed, version, actor, "question_saved", question.key, place(changed, question.key))
    return question


def delete(
    questionnaire: Questionnaire, row: QuestionnaireVersion, key: str, version: int, *, actor: audit.Actor
) -> None:
    """Remove a section with its questions, or one question. Raises Refused, naming both, while others refer to it."""
    content = queries.content(row)
    section = content.section(key)
    gone = [q.key for q in section.questions] if section else [key]
    if section is None and content.question(key) is None:
        raise NotFound(key)
    for one in gone:
        _unreferred(content, one, leaving=(*gone, key))
    sections = tuple(
        replace(s, questions=tuple(q for q in s.questions if q.key not in gone))
        for s in content.sections
        if section is None or s.key != key
    )
    _store(questionnaire, row, Content(sections), version, actor, "deleted", key)


def move(
    questionnaire: Questionnaire, row: QuestionnaireVersion, key: str, up: bool, version: int, *, actor: audit.Actor
) -> None:
    """Move a section or a question one place up or down; at the end of a section it goes on into the next one."""
    content = queries.content(row)
    if content.section(key) is not None:
        keys = [s.key for s in content.sections]
        ordered = _shifted(list(content.sections), keys.index(key), up)
        changed = Content(tuple(ordered))
    else:
        changed = _moved_question(content, key, up)
    _store(questionnaire, row, changed, version, actor, "moved", key)


def _shifted(rows: list[Any], at: int, up: bool) -> list[Any]:
    to = at - 1 if up else at + 1
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
    return rows


def _moved_question(content: Content, key: str, up: bool) -> Content:
    section = content.section_of(key)
    if section is None:
        raise NotFound(key)
    at = next(i for i, q in enumerate(section.questions) if q.key == key)
    if 0 <= (at - 1 if up else at + 1) < len(section.questions):
        return content.with_section(
            replace(section, questions=tuple(_shifted(list(section.questions), at, up))), section.key
        )
    number = content.sections.index(section) + (-1 if up else 1)
    if not 0 <= number < len(content.sections):
        return content
    question, beside = section.questions[at], content.sections[number]
    rest = tuple(q for q in section.questions if q.key != key)
    joined = (*beside.questions, question) if up else (question, *beside.questions)
    return content.with_section(replace(section, questions=rest), section.key).with_section(
        replace(beside, questions=joined), beside.key
    )


def duplicate(
    questionnaire: Questionnaire, row: QuestionnaireVersion, key: str, version: int, *, actor: audit.Actor
) -> str:
    """A copy of a question right below it, under a free key; answers the new key."""
    content = queries.content(row)
    section, question = content.section_of(key), content.question(key)
    if section is None or question is None:
        raise NotFound(key)
    taken = {q.key for q in content.questions()}
    new = next(k for n in range(2, 999) if (k := f"{key[:35]}_{n}") not in taken)
    at = section.questions.index(question) + 1
    copy = replace(question, key=new, was="")
    questions = (*section.questions[:at], copy, *section.questions[at:])
    _store(questionnaire, row, content.with_section(replace(section, questions=questions), section.key), version, actor,
           "duplicated", new)  # fmt: skip
    return new


def _store(
    questionnaire: Questionnaire, row: QuestionnaireVersion, content: Content, version: int, actor: audit.Actor,
    event: str, key: str, here: str = "",
) -> None:  # fmt: skip
    """Replace the content; faults at the place that was edited lead to its fields."""
    try:
        replace_content(questionnaire, row, content, version, event=event, actor=actor, data={"key": key})
    except Refused as refusal:
        raise Refused(
            Reason(
                r.code,
                r.message,
                r.where.removeprefix(f"{here}.") if r.where and here and r.where.startswith(here) else None,
            )
            for r in refusal.reasons
        ) from None


def refuse(found: list[Fault]) -> None:
    """Raise Refused with all faults, if there are any."""
    if found:
        raise Refused(Reason("content", fault.message, fault.path) for fault in found)


def _officer(actor: audit.Actor) -> None:
    if not policy.may_write(actor):
        raise Forbidden("questionnaire")


def _open(row: QuestionnaireVersion, version: int, actor: audit.Actor) -> None:
    _officer(actor)
    if not row.is_draft:
        raise OutOfOrder(row, "edit", Bilingual("published", "公表済み"))
    if version != row.version:
        raise Stale({}, {})


def _section(content: Content, key: str) -> Section:
    section = content.section(key)
    if section is None:
        raise NotFound(key)
    return section


def _not_taken(new: str, old: str | None, taken: list[str]) -> None:
    if new != old and new in taken:
        raise Refused([Reason("key", Bilingual(
            f"The key “{new}” is taken.", f"キー「{new}」は既に使われています。"
        ), "key")])  # fmt: skip


def _unreferred(content: Content, key: str, leaving: tuple[str, ...] = ()) -> None:
    others = [other for other in referring(content, key) if other not in leaving]
    if others:
        names = ", ".join(f"“{other}”" for other in others)
        raise Refused([Reason("referred", Bilingual(
            f"“{key}” is named by the expressions of {names}; change those first.",
            f"「{key}」は {names} の式で使用されています。先にそちらを変更してください。",
        ), "key")])  # fmt: skip
