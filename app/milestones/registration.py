"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.core.worker import nightly
from app.milestones.operations import remind
from app.milestones.views import bp, section
from app.projects.definitions import SECTIONS, Section

BLUEPRINTS = (bp,)
CLOCKWORK = (nightly(remind),)
SECTIONS.append(Section(20, "milestones/_of_project.html", section))  # once: a module is loaded once
