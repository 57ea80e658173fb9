"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.core.worker import nightly
from app.flags.operations import refresh, refresh_portfolio, send_digest, wake
from app.flags.views import bp, section
from app.projects.definitions import SECTIONS, Section
from app.projects.operations import LISTENERS

BLUEPRINTS = (bp,)
CLOCKWORK = (nightly(wake), nightly(refresh), nightly(refresh_portfolio), nightly(send_digest))
SECTIONS.append(Section(10, "flags/_of_project.html", section))  # once: a module is loaded once
LISTENERS.append(refresh)
