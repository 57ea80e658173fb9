"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.core.worker import nightly
from app.outcomes.operations import remind
from app.outcomes.views import bp, ending_section, follow_up_section
from app.projects.definitions import SECTIONS, Section

BLUEPRINTS = (bp,)
CLOCKWORK = (nightly(remind),)
SECTIONS += [
    Section(40, "outcomes/_follow_ups.html", follow_up_section),
    Section(90, "outcomes/_ending.html", ending_section),
]  # once: a module is loaded once
