"""Commands that run the house: prepare, worker, welcome."""

import os
import time
import urllib.error
import urllib.request

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.accounts import queries
from app.accounts.choices import Role
from app.core import worker as working
from app.core.audit import SYSTEM
from app.core.db import session
from app.core.errors import Refused
from app.core.plainly import fail, plainly
from app.pages import operations


@click.command("add-person")
@click.argument("email")
@click.argument("name")
@click.option("--role", "role_name", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--scope", default="", help="Code of the cluster, for a cluster manager.")
@click.option("--organisation", default="", help="Key or corporate number of the organisation the person acts for.")
@click.option("--locale", type=click.Choice(["ja", "en"]), default="ja")
@with_appcontext
@plainly
def add_person_command(email: str, name: str, role_name: str, scope: str, organisation: str, locale: str) -> None:
    """Open an account (the first administrator of a new house, for instance) and mail its link."""
    try:
        operations.add_person(email, name, Role(role_name), scope, organisation, locale, SYSTEM)
    except Refused as refusal:
        session.rollback()
        fail(str(refusal.reasons[0]))
    session.commit()
    click.echo(f"The account of {email} is open; the link to choose a password is on its way by mail.")


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Send letters, make documents and run what the clock makes due, until stopped."""
    working.run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("prepare")
@click.option("--schema-only", is_flag=True, help="Create or migrate the database, and fill in nothing.")
@with_appcontext
@plainly
def prepare_command(schema_only: bool) -> None:
    """Create or migrate the database and, outside production, fill an empty one with the demonstration."""
    upgrade()
    if schema_only:
        return
    load = current_app.cli.get_command(click.Context(current_app.cli), "demo")
    if current_app.config["DEMO"] and load is not None and not queries.demo_users():
        click.get_current_context().invoke(load.commands["load"], unless_filled=True)  # type: ignore[attr-defined]


@click.command("welcome")
@with_appcontext
@plainly
def welcome_command() -> None:
    """Wait for the web server, then print its address and the demonstration sign-ins."""
    address = current_app.config["PUBLIC_URL"]
    host, port = os.environ.get("HOST", "127.0.0.1"), os.environ.get("PORT", "8000")
    # The server itself is asked: the public address may lead through a proxy that is not up yet.
    own = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104 - compared, not bound
    for _attempt in range(120):
        try:
            with urllib.request.urlopen(f"{own}/healthz", timeout=2):  # noqa: S310 - our own address
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    else:
        fail(f"the web server does not answer at {own}")
    click.echo(f"\nRenkei is running at {address}\n")
    if current_app.config["DEMO"]:
        click.echo(f"Demonstration sign-ins (password: {current_app.config['DEMO_PASSWORD']}):")
        for user in queries.demo_users():
            click.echo(f"  {user.email:<28}{', '.join(sorted(role.label.en for role in user.roles))}")
    click.echo("\nCtrl-C stops it.")
