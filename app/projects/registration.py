"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.organisations.definitions.page import SECTIONS, Section
from app.projects.queries import worked_together
from app.projects.views import bp, of_organisation
from app.reviewers.queries import TOGETHER

BLUEPRINTS = (bp,)
TOGETHER.append(worked_together)  # once: a module is loaded once
SECTIONS.append(Section(30, "projects/_of_organisation.html", of_organisation))
