"""Models and migrations agree on both databases, and every migration has its number and its place in one line."""

import re
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.core.db import db, session

pytestmark = pytest.mark.both_databases

FOLDER = Path(__file__).parents[3] / "migrations"


def test_models_and_migrations_agree(app: Any) -> None:
    context = MigrationContext.configure(session.connection(), opts={"compare_type": False})
    assert compare_metadata(context, db.metadata) == []


def test_migrations_stand_in_one_numbered_line(app: Any) -> None:
    scripts = ScriptDirectory(str(FOLDER))
    assert len(scripts.get_heads()) == 1
    names = sorted(path.name for path in (FOLDER / "versions").glob("*.py"))
    assert names and all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in names)
    assert [name[:4] for name in names] == [f"{n:04d}" for n in range(1, len(names) + 1)]
