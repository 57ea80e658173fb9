"""A portfolio of any size, made up by dice and written straight into the tables: rows as text, in bulk."""

import random
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import Engine, text

from app.calls.choices import Programme
from app.clusters.models import Cluster, Membership
from app.core import numbering
from app.core.db import db, session
from app.organisations.models import Organisation
from app.outcomes.models import Observation
from app.projects.models import Participant, Project

END = date(2006, 3, 31)
STATES: tuple[str, ...] = ("research",) * 30 + ("development",) * 40 + ("productization",) * 8 + ("launched",) * 4
STATES += ("suspended",) * 10 + ("stopped",) * 8
STAGES = (0,) * 70 + (1,) * 12 + (2,) * 6 + (3,) * 6 + (4,) * 4 + (5,) * 2
KINDS: tuple[str, ...] = ("company_sme",) * 60 + ("company_small",) * 15 + ("company_large",) * 5
KINDS += ("national_university",) * 12 + ("public_testing_institute",) * 8
REGIONS = ("hokkaido", "tohoku", "kanto", "chubu", "kinki", "chugoku", "shikoku", "kyushu", "okinawa")
#: Days as the databases write them, by days since the first of 1997.
FIRST = date(1997, 1, 1)
DAYS = tuple((FIRST + timedelta(n)).isoformat() for n in range(6_000))
Rows = Iterator[tuple[Any, ...]]


def _since(*day: int) -> int:
    return (date(*day) - FIRST).days


class _Dice:
    """Cheaper than ``random``'s own choices: millions are needed."""

    def __init__(self) -> None:
        self.share = random.Random(1).random

    def below(self, number: int) -> int:
        return int(self.share() * number)

    def of(self, values: Sequence[Any]) -> Any:
        return values[int(self.share() * len(values))]


def _organisations(dice: _Dice, number: int) -> Rows:
    for n in range(1, number + 1):
        match = "unmatched" if dice.share() < 0.07 else "matched"
        yield (
            n,
            1,
            f"o{n:07d}",
            f"機関{n}",
            f"Organisation {n}",
            dice.of(KINDS),
            f"{dice.below(47) + 1:02d}",
            match,
            True,
        )


def _memberships(dice: _Dice, organisations: int) -> Rows:
    opened = _since(2001, 4, 1)
    for n in range(1, organisations + 1):
        if dice.share() < 0.35:
            start = opened + dice.below(1_700)
            end = DAYS[start + 700] if dice.share() < 0.1 else None
            yield 1, n, dice.below(19) + 1, DAYS[start], end


def _projects(dice: _Dice, number: int) -> Rows:
    programmes, last = [programme.value for programme in Programme], _since(2006, 3, 31)
    summers = [_since(1997 + n, 6, 1) for n in range(8)]
    for n in range(1, number + 1):
        adopted = summers[n % 8] + dice.below(200)
        done = adopted + 300 + dice.below(600)
        completed = dice.share() < 0.95 and done <= last
        yield (
            n, 1, f"p{n:07d}", dice.of(programmes), f"Generated project {n}", f"生成課題{n}", dice.of(REGIONS), "it",
            DAYS[adopted], DAYS[adopted], DAYS[done] if completed else None, "completed" if completed else "running",
            (dice.below(200) + 1) * 1_000_000, True,
        )  # fmt: skip


def _participants(dice: _Dice, projects: int, organisations: int) -> Rows:
    for n in range(1, projects + 1):
        firms = {dice.below(organisations) + 1 for _ in range(dice.below(5) + 2)}
        for place, firm in enumerate(firms):
            yield n, firm, "implementer" if place else "lead_company", dice.below(50) * 1_000_000


def _observations(dice: _Dice, projects: int, number: int) -> Rows:
    opened, each = _since(1998, 6, 30), max(1, number // projects)
    for n in range(number):
        on = opened + dice.below(2_800)
        project = min(n // each + 1, projects)
        yield project, DAYS[on], DAYS[on + 30], dice.of(STATES), dice.of(STAGES), dice.below(4), f"generated {n}"


def _tables(projects: int, observations: int) -> Iterator[tuple[Any, str, Rows]]:
    dice, firms = _Dice(), max(2_000, projects * 2 // 3)
    clusters = ((n, f"c{n}", f"Cluster {n}", f"クラスター{n}", 1, "kanto", "") for n in range(1, 20))
    yield Cluster, "id cluster_code name_en name_ja phase bureau fields", clusters
    yield (
        Organisation,
        "id version org_key name_ja name_en org_type prefecture cluster_match is_synthetic",
        _organisations(dice, firms),
    )
    yield Membership, "version organisation_id cluster_id valid_from valid_to", _memberships(dice, firms)
    yield (
        Project,
        "id version project_key programme title_en title_ja region field adopted_on started_on completed_on status "
        "amount_yen is_synthetic",
        _projects(dice, projects),
    )
    yield Participant, "project_id organisation_id role allocation_yen", _participants(dice, projects, firms)
    yield (
        Observation,
        "project_id observed_on recorded_on dev_state stage evidence_level source",
        _observations(dice, projects, observations),
    )


def _with_defaults(table: Any, names: list[str]) -> dict[str, Any]:
    """The columns that the models would have filled."""
    found = {}
    for column in table.columns:
        if column.name not in names and column.default is not None and column.default.is_scalar:
            value = column.default.arg
            found[column.name] = value.value if isinstance(value, Enum) else value
    return found


def generate(projects: int, observations: int) -> None:
    """Fill an empty database past forms, machines and foreign keys."""
    write = _into_sqlite if db.engine.dialect.name == "sqlite" else _into_postgresql
    session.remove()
    write(db.engine, _tables(projects, observations))
    numbering.touch()
    session.commit()
    session.connection().execute(text("ANALYZE"))
    session.commit()


def _into_sqlite(engine: Engine, tables: Iterable[tuple[Any, str, Rows]]) -> None:
    engine.dispose()
    connection = sqlite3.connect(str(engine.url.database), isolation_level=None)
    for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-400000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    for model, columns, rows in tables:
        table, names = model.__table__, columns.split()
        more = _with_defaults(table, names)
        indexes = connection.execute(
            "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name = ?",
            [table.name],
        ).fetchall()
        marks = ", ".join("?" * (len(names) + len(more)))
        added = tuple(more.values())
        connection.execute("BEGIN")
        for name, _sql in indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.executemany(
            f'insert into "{table.name}" ({", ".join([*names, *more])}) values ({marks})', (row + added for row in rows)
        )
        for _name, sql in indexes:
            connection.execute(sql)
        connection.execute("COMMIT")
    connection.close()


@contextmanager
def _without_indexes(cursor: Any, table: str) -> Iterator[None]:
    cursor.execute(
        "select indexname, indexdef from pg_indexes where tablename = %s"
        " and indexname not in (select conname from pg_constraint)",
        [table],
    )
    indexes = cursor.fetchall()
    for name, _definition in indexes:
        cursor.execute(f'drop index "{name}"')
    yield
    for _name, definition in indexes:
        cursor.execute(definition)


def _into_postgresql(engine: Engine, tables: Iterable[tuple[Any, str, Rows]]) -> None:
    raw = engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("set session_replication_role = replica")  # no foreign keys are looked up
    cursor.execute("set maintenance_work_mem = '400MB'")
    for model, columns, rows in tables:
        table, names = model.__table__, columns.split()
        more = _with_defaults(table, names)
        tail = "".join(f"\t{value}" for value in more.values()) + "\n"
        with _without_indexes(cursor, table.name):
            with cursor.copy(f'copy "{table.name}" ({", ".join([*names, *more])}) from stdin') as copy:
                portion: list[str] = []
                for row in rows:
                    portion.append("\t".join(["\\N" if value is None else str(value) for value in row]) + tail)
                    if len(portion) == 10_000:
                        copy.write("".join(portion))
                        portion.clear()
                copy.write("".join(portion))
        if "id" in table.columns:
            cursor.execute(
                f"select setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), (select max(id) from \"{table.name}\"))"
            )
    cursor.execute("set session_replication_role = default")
    raw.commit()
    raw.close()
