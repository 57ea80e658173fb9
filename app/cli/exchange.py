"""flask import and flask export."""

import json
import os
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from app.clusters import exchange as clusters
from app.core import exchange
from app.core.db import reading, session
from app.core.plainly import fail, plainly
from app.doubles import exchange as doubles
from app.organisations import exchange as organisations
from app.outcomes import exchange as outcomes
from app.projects import exchange as projects
from app.surveys import exchange as surveys

#: In an order in which each kind finds what it refers to.
KINDS = {
    kind.name: kind
    for kind in (
        *organisations.KINDS,
        *clusters.KINDS,
        *projects.KINDS,
        *outcomes.KINDS,
        *doubles.KINDS,
        *surveys.KINDS,
    )
}


@click.command("import")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check and count, change nothing.")
@click.option("--format", "style", type=click.Choice(["json", "text"]), default="json", show_default=True)
@with_appcontext
def import_command(kind: str, file: Path, dry_run: bool, style: str) -> None:
    """Read a CSV FILE of a KIND: all of it, or nothing when a row is wrong."""
    try:
        data = file.read_bytes()
        report = exchange.run(KINDS[kind], data, dry_run=dry_run)
        if report.good and not dry_run:
            session.commit()
        else:
            session.rollback()
    except OSError as error:
        fail(f"{file}: {error.strerror or error}")
    except DBAPIError as error:
        session.rollback()
        fail(f"the database refused the import, nothing was written ({type(error.orig).__name__})")
    if style == "json":
        click.echo(json.dumps(report.data()))
    else:
        for problem in report.errors:
            place = f"{file}:{problem.line}" + (f": {problem.column}" if problem.column else "")
            click.echo(f"{place}: {problem.message} [{problem.code}]", err=True)
        verb = "would be " if dry_run else ""
        if report.good:
            click.echo(
                f"{kind}: {report.rows} rows; {verb}created {report.created}, "
                f"{verb}updated {report.updated}, unchanged {report.unchanged}"
            )
        else:
            click.echo(f"{kind}: {report.rows} rows, {len(report.errors)} errors; nothing was written")
    sys.exit(0 if report.good else 1)


@click.command("export")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@with_appcontext
@plainly
def export_command(kind: str, file: Path | None) -> None:
    """Write the records of a KIND as CSV, to FILE or to the standard output."""
    with reading():
        content = "".join(exchange.write(KINDS[kind])).encode()
    if file is None:
        click.echo(content, nl=False)
        return
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, file)
    except OSError as error:
        part.unlink(missing_ok=True) if part.parent.is_dir() else None
        fail(f"{file}: {error.strerror or error}")
