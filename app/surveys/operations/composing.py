"""Compose a wave: whom it asks, when, and what. Everything can be changed until it is let go."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.calls.choices import Programme
from app.core import audit
from app.core.db import session
from app.core.errors import Forbidden, NotFound, OutOfOrder, Reason, Refused, Stale
from app.core.i18n import Bilingual
from app.surveys import policy, queries
from app.surveys.choices import EFFECT_ITEMS, GROUPS, Basis, ItemKind, WaveKind, WaveStatus
from app.surveys.models import Item, Wave

MOST_YEARS = 10
MOST_ITEMS = 60


@dataclass(frozen=True)
class WaveData:
    """What the form of a wave says. ``standard``: codes of the 18 questions to ask; ``answered``: how they are."""

    kind: WaveKind
    title_en: str
    title_ja: str
    basis: Basis
    as_of: date
    opens_on: date
    closes_on: date
    programme: Programme | None = None
    cluster_ids: tuple[int, ...] = ()
    standard: tuple[str, ...] = ()
    answered: ItemKind = ItemKind.yes_no
    first_year: int | None = None
    last_year: int | None = None


@dataclass(frozen=True)
class ItemData:
    """A question of our own; ``options`` only where it brings its own."""

    group: str
    kind: ItemKind
    text_en: str
    text_ja: str
    options: tuple[dict[str, Any], ...] = field(default=())


def refuse(code: str, en: str, ja: str, where: str | None = None) -> Refused:
    return Refused([Reason(code, Bilingual(en, ja), where)])


def _check(data: WaveData, actor: Any) -> None:
    if data.closes_on < data.opens_on:
        raise refuse("days", "The last day lies before the first.", "終了日が開始日より前です。", "closes_on")
    if data.kind is WaveKind.figures:
        if data.first_year is None or data.last_year is None:
            raise refuse("years", "Say which fiscal years are asked for.", "対象年度を指定してください。", "first_year")
        if not 0 <= data.last_year - data.first_year < MOST_YEARS:
            raise refuse(
                "years", f"Ask for one to {MOST_YEARS} fiscal years, the first one first.",
                f"対象は1~{MOST_YEARS}年度とし、開始年度を先にしてください。", "last_year",
            )  # fmt: skip
    if data.basis is Basis.programme and data.programme is None:
        raise refuse("programme", "Choose the programme.", "事業を選択してください。", "programme")
    offered = {one.id for one in queries.waves.clusters_for(actor)}
    if data.basis is Basis.programme and not actor.has_role("officer"):
        raise Forbidden("survey of a programme")
    if not set(data.cluster_ids) <= offered:
        raise refuse(
            "clusters", "Choose among the clusters offered.", "表示されたクラスターから選択してください。", "clusters"
        )


def compose(data: WaveData, actor: Any) -> Wave:
    """A new wave, as a draft. Raises Forbidden, Refused."""
    if not policy.may_compose(actor):
        raise Forbidden("compose a survey")
    if not actor.has_role("officer") and not data.cluster_ids:
        raise refuse("no-clusters", "Choose at least one cluster.", "クラスターを1つ以上選択してください。", "clusters")
    _check(data, actor)
    wave = Wave(kind=data.kind, made_by_id=actor.actor_id)
    _fill(wave, data)
    session.add(wave)
    session.flush()
    _standard(wave, data)
    audit.record(wave, "survey composed", actor)
    return wave


def change(wave: Wave, data: WaveData, version: int | None, actor: Any) -> None:
    """Change a draft. Raises Forbidden, OutOfOrder, Stale, Refused."""
    _may_write(wave, actor)
    if wave.version != version:
        raise Stale({"": data.title_en}, {"": wave.title_en})
    if not actor.has_role("officer") and not data.cluster_ids:
        raise refuse("no-clusters", "Choose at least one cluster.", "クラスターを1つ以上選択してください。", "clusters")
    _check(data, actor)
    _fill(wave, data)
    session.flush()
    _standard(wave, data)
    audit.record(wave, "survey changed", actor)


def _may_write(wave: Wave, actor: Any) -> None:
    if not policy.may_run(actor, wave):
        raise Forbidden("compose a survey")
    if wave.status is not WaveStatus.draft:
        raise OutOfOrder(wave, "change", wave.status)


def _fill(wave: Wave, data: WaveData) -> None:
    figures, by_cluster = data.kind is WaveKind.figures, data.basis is Basis.clusters
    wave.title_en, wave.title_ja, wave.basis, wave.as_of = data.title_en, data.title_ja, data.basis, data.as_of
    wave.opens_on, wave.closes_on = data.opens_on, data.closes_on
    wave.programme = None if by_cluster else data.programme
    wave.clusters = list(queries.waves.clusters_by_id(data.cluster_ids)) if by_cluster else []
    wave.first_year, wave.last_year = (data.first_year, data.last_year) if figures else (None, None)


def _standard(wave: Wave, data: WaveData) -> None:
    """Make the 18 questions of the wave those that were chosen, in the order of their groups; own ones stay."""
    present = {one.standard: one for one in queries.waves.items(wave) if one.standard}
    wanted = [code for code in EFFECT_ITEMS if code in data.standard and data.kind is WaveKind.effect]
    for code, row in present.items():
        if code not in wanted:
            session.delete(row)
    groups = list(GROUPS)
    for place, code in enumerate(EFFECT_ITEMS):
        if code not in wanted:
            continue
        about = EFFECT_ITEMS[code]
        row = present.get(code) or Item(wave_id=wave.id, standard=code)
        row.group, row.kind = about.extra["group"], data.answered
        row.text_en, row.text_ja = about.name.en, about.name.ja
        row.position = groups.index(row.group) * 1000 + place
        session.add(row)
    session.flush()


def add_item(wave: Wave, data: ItemData, actor: Any) -> Item:
    """Add a question of our own. Raises Forbidden, OutOfOrder, Refused."""
    _may_write(wave, actor)
    present = queries.waves.items(wave)
    if wave.kind is not WaveKind.effect or len(present) >= MOST_ITEMS:
        raise refuse(
            "items", f"A survey has at most {MOST_ITEMS} questions.", f"質問は{MOST_ITEMS}問までです。", "text_en"
        )
    _check_options(data.kind, data.options)
    place = list(GROUPS).index(data.group) * 1000 + 100 + len(present)
    item = Item(
        wave_id=wave.id, position=place, group=data.group, kind=data.kind, text_en=data.text_en, text_ja=data.text_ja,
        options=list(data.options) if data.kind is ItemKind.choice else [],
    )  # fmt: skip
    session.add(item)
    session.flush()
    audit.record(wave, "question added", actor, data={"item": item.id})
    return item


def _check_options(kind: ItemKind, options: Sequence[dict[str, Any]]) -> None:
    if kind is not ItemKind.choice:
        return
    if not 2 <= len(options) <= 12:
        raise refuse(
            "options",
            "Give two to twelve options, one a line.",
            "選択肢を2~12個、1行に1つずつ書いてください。",
            "options",
        )
    affirmative = sum(bool(one["affirmative"]) for one in options)
    if not 0 < affirmative < len(options):
        raise refuse(
            "affirmative", "Mark the affirmative options with * at the end: at least one, and not all.",
            "肯定に数える選択肢の末尾に * を付けてください(1つ以上、全部は不可)。", "options",
        )  # fmt: skip


def remove_item(wave: Wave, item_id: int, actor: Any) -> None:
    """Take a question out of a draft. Raises Forbidden, OutOfOrder, NotFound."""
    _may_write(wave, actor)
    item = queries.waves.item(wave, item_id)
    if item is None:
        raise NotFound("question")
    session.delete(item)
    session.flush()
    audit.record(wave, "question removed", actor, data={"item": item_id})
