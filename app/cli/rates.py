"""flask rates: the rates of the contract on the command line."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

import click
from flask.cli import with_appcontext

from app.analytics import definitions, queries
from app.calls.choices import Programme
from app.core.db import reading
from app.core.plainly import plainly


class _Read(click.ParamType):
    """An option read by a parser that says in words what is wrong."""

    def __init__(self, name: str, parser: Callable[[str], Any]) -> None:
        self.name, self.parser = name, parser

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return self.parser(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


DAY = _Read("date", definitions.parse_day)
YEARS = _Read("A..B", definitions.parse_years)
REFERENCE = _Read("reference", definitions.parse_reference)
programme_option = click.option(
    "--programme", type=click.Choice([*(p.value for p in Programme), "all"]), default="all", show_default=True
)
format_option = click.option(
    "--format", "style", type=click.Choice(["json", "text"]), default="json", show_default=True
)
list_option = click.option("--list", "with_keys", is_flag=True, help="Add the keys counted in the numerator.")


def outcome_options(command: Any) -> Any:
    for option in reversed(
        (
            click.option("--level", type=click.Choice(list(definitions.COMMERCIALIZATION)), required=True),
            programme_option,
            click.option("--fy", type=YEARS, required=True, help="Fiscal years of completion, A..B."),
            click.option("--as-of", type=DAY, required=True),
            click.option("--known-at", type=DAY, help="Only what had been recorded by this day."),
            click.option("--lag", type=click.IntRange(0, 100), default=0, show_default=True),
            click.option("--min-evidence", type=click.IntRange(0, 3), default=0, show_default=True),
            format_option,
            list_option,
        )
    ):
        command = option(command)
    return command


def _programme(name: str) -> Programme | None:
    return None if name == "all" else Programme(name)


@click.group()
def rates() -> None:
    """Rates with their definition, unknowns and bounds."""


@rates.command()
@click.option("--definition", type=click.Choice(list(definitions.PARTICIPATION)), required=True)
@programme_option
@click.option("--population", type=click.Choice(["adopted", "completed"]), default="adopted", show_default=True)
@click.option("--fy", type=YEARS, help="Fiscal years, A..B; needed by every definition but PR-8.")
@click.option("--reference", type=REFERENCE, required=True, help="fixed:DATE, adoption, start, completion, ever:DATE")
@click.option("--list-code", help="The list that PR-8 counts.")
@format_option
@list_option
@with_appcontext
@plainly
def participation(
    definition: str,
    programme: str,
    population: Any,
    fy: tuple[int, int] | None,
    reference: definitions.Reference,
    list_code: str | None,
    style: str,
    with_keys: bool,
) -> None:
    """Participation of cluster members (PR-1 to PR-8)."""
    if fy is None and definition != "PR-8":
        raise click.UsageError(f"{definition} needs --fy A..B, such as 1997..2004")
    years = fy or (1997, 2005)
    question = definitions.Participation(
        definition, _programme(programme), population, *years, reference, list_code if definition == "PR-8" else None
    )
    if fault := question.fault():
        raise click.UsageError(fault)
    with reading():
        if question.list_code and not queries.list_exists(question.list_code):
            raise click.UsageError(f"there is no list “{question.list_code}”")
        _answer(question, style, with_keys)


@rates.command()
@outcome_options
@with_appcontext
@plainly
def commercialization(style: str, with_keys: bool, **options: Any) -> None:
    """Share of completed projects that have reached a level (E0 to E4)."""
    with reading():
        _answer(_outcome(**options), style, with_keys)


@rates.command()
@outcome_options
@with_appcontext
@plainly
def curve(style: str, with_keys: bool, **options: Any) -> None:
    """Cumulative incidence by years since completion."""
    question = _outcome(**options)
    with reading():
        points = queries.curve(question)
        found = {**queries.measure(question).data(), "points": [asdict(point) for point in points]}
        if with_keys:
            found["keys"] = queries.keys(question)
    if style == "json":
        click.echo(json.dumps(found))
        return
    click.echo("  t  at risk  events  competing  censored     CIF  CIF(c)  survival  1-KM")
    for p in points:
        click.echo(
            f"{p.t:3d}  {p.at_risk:7d}  {p.events:6d}  {p.competing:9d}  {p.censored:8d}  "
            f"{p.cif:6.4f}  {p.cif_competing:6.4f}  {p.survival:8.4f}  {p.km_naive:6.4f}"
        )


def _outcome(
    level: str, programme: str, fy: tuple[int, int], as_of: date, known_at: date | None, lag: int, min_evidence: int
) -> definitions.Commercialization:
    return definitions.Commercialization(level, _programme(programme), *fy, as_of, known_at, lag, min_evidence)


def _answer(question: queries.Question, style: str, with_keys: bool) -> None:
    found = queries.measure(question)
    data = found.data()
    if with_keys:
        data["keys"] = queries.keys(question)
    if style == "json":
        click.echo(json.dumps(data))
        return
    share = "no rate" if found.rate is None else f"{found.rate:.2%}"
    click.echo(f"{found.definition.label} (version {found.definition.version})")
    click.echo(f"{data['numerator']} of {data['denominator']} ({found.definition.unit}): {share}")
    click.echo(f"unknown {data['unknown']}; bounds {_share(found.rate)} to {_share(found.upper)}")
    if found.interval:
        click.echo(f"Wilson 95 % interval {found.interval[0]:.2%} to {found.interval[1]:.2%} (small-number noise only)")
    for name in ("population", "programme", "fy", "reference", "as_of", "known_at", "lag", "responded"):
        if data.get(name) is not None:
            click.echo(f"{name}: {data[name]}")
    for key in data.get("keys", ()):
        click.echo(key)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2%}"
