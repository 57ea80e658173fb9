"""Run a wave: let it go, open, close; what the clock does of it."""

from typing import Any

from app.core import audit
from app.core.clock import today
from app.core.db import session
from app.organisations.models import OrgProfileYear
from app.surveys import queries
from app.surveys.choices import Measure, SizeGroup, WaveKind
from app.surveys.models import Asked, Wave
from app.surveys.operations import inviting
from app.surveys.workflow import WAVE


def move(wave: Wave, event: str, actor: Any) -> None:
    """Fire one event of a wave's life, with what belongs to it. Raises Forbidden, OutOfOrder, Refused."""
    if event == "recall":
        WAVE.check(wave, event, actor)
        for row in queries.waves.asked_rows(wave):
            session.delete(row)
    WAVE.apply(wave, event, actor)
    if event == "release":
        _draw(wave)
        if wave.opens_on <= today():
            move(wave, "start", actor)
    elif event == "start":
        inviting.invite_waiting(wave)
    elif event == "close" and wave.kind is WaveKind.figures:
        _take_figures(wave, actor)


def _draw(wave: Wave) -> None:
    """Fix who is asked, with the cluster and the size that count for them."""
    session.add_all(
        Asked(wave_id=wave.id, organisation_id=organisation, cluster_id=cluster, size=SizeGroup.of(kind))
        for organisation, kind, cluster in queries.waves.drawn(wave)
    )
    session.flush()


def _take_figures(wave: Wave, actor: Any) -> None:
    """What firms sent becomes part of their yearly profiles, with the wave as its source; empty answers change nothing."""
    sent = queries.waves.sent_figures(wave)
    assert wave.first_year is not None and wave.last_year is not None
    years = range(wave.first_year, wave.last_year + 1)
    present = queries.figures.profiles([row.asked.organisation_id for row in sent], years)
    taken = 0
    for row in sent:
        firm = row.asked.organisation_id
        for year, values in row.answers.items():
            profile = present.get((firm, int(year)))
            if profile is None:
                profile = OrgProfileYear(organisation_id=firm, fiscal_year=int(year))
                session.add(profile)
            for measure in Measure:
                if measure.value in values:
                    setattr(profile, measure.column, values[measure.value])
            profile.jsic = row.jsic or profile.jsic
            profile.source = f"survey {wave.id}"
            taken += 1
    session.flush()
    audit.record(wave, "figures taken into the profiles", actor, data={"firms": len(sent), "years": taken})


def by_the_clock() -> None:
    """Open waves whose first day has come, write what is still to be written, close those whose last day is past."""
    for wave in queries.waves.to_start(today()):
        move(wave, "start", audit.SYSTEM)
    for wave in queries.waves.to_close(today()):
        move(wave, "close", audit.SYSTEM)
    for wave in queries.waves.open_now():
        inviting.invite_waiting(wave)
