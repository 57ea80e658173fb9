"""flask demo: load the demonstration into an empty database."""

from importlib import import_module
from importlib.util import find_spec

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from app.cli.demo.portfolio import load_portfolio
from app.clusters.models import Cluster
from app.core.db import session
from app.core.plainly import fail, plainly
from app.organisations.models import Organisation
from app.projects.models import Project


@click.group()
def demo() -> None:
    """The demonstration data."""


def _loaded() -> bool:
    return bool(session.scalar(select(func.count()).select_from(Project).where(Project.is_synthetic)))


def _empty() -> bool:
    return all(session.scalar(select(model.id).limit(1)) is None for model in (Organisation, Cluster, Project))


@demo.command()
@click.option("--unless-filled", is_flag=True, help="Leave a database with records of its own alone, without an error.")
@with_appcontext
@plainly
def load(unless_filled: bool) -> None:
    """Load the synthetic portfolio into an empty database (does nothing when it is there already)."""
    if _loaded():
        click.echo("The demonstration data is loaded already; nothing was changed.")
        return
    if not _empty():
        if unless_filled:
            click.echo("The database holds records of its own; the demonstration was not loaded.")
            return
        fail("the database holds records of its own; the demonstration needs an empty one")
    click.echo("Loading the demonstration portfolio (once) …")
    load_portfolio(session)
    if find_spec("app.cli.demo.live") is not None:
        live = import_module("app.cli.demo.live")
        live.load()
        session.commit()
        live.publish()
    session.commit()
    projects = session.scalar(select(func.count()).select_from(Project))
    organisations = session.scalar(select(func.count()).select_from(Organisation))
    click.echo(f"Loaded: {projects} projects and {organisations} organisations, all of them synthetic.")
