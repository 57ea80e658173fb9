"""Commands that run the house: prepare, worker, welcome."""

import sys
import time
import urllib.error
import urllib.request

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.accounts import queries
from app.core import worker as working


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Send letters, make documents and run what the clock makes due, until stopped."""
    working.run(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("prepare")
@with_appcontext
def prepare_command() -> None:
    """Create or migrate the database and, outside production, fill an empty one with the demonstration."""
    upgrade()
    load = current_app.cli.get_command(click.Context(current_app.cli), "demo")
    if current_app.config["DEMO"] and load is not None and not queries.demo_users():
        click.echo("Loading the demonstration portfolio (once) …")
        click.get_current_context().invoke(load.commands["load"])  # type: ignore[attr-defined]


@click.command("welcome")
@with_appcontext
def welcome_command() -> None:
    """Wait for the web server, then print its address and the demonstration sign-ins."""
    address = current_app.config["PUBLIC_URL"]
    for _attempt in range(120):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):  # noqa: S310 - our own address
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    else:
        click.echo(f"The web server does not answer at {address}.", err=True)
        sys.exit(1)
    click.echo(f"\nRenkei is running at {address}\n")
    if current_app.config["DEMO"]:
        click.echo(f"Demonstration sign-ins (password: {current_app.config['DEMO_PASSWORD']}):")
        for user in queries.demo_users():
            click.echo(f"  {user.email:<28}{', '.join(sorted(role.label.en for role in user.roles))}")
    click.echo("\nCtrl-C stops it.")
