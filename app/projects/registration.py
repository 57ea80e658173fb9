"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.projects.queries import worked_together
from app.projects.views import bp
from app.reviewers.queries import TOGETHER

BLUEPRINTS = (bp,)
TOGETHER.append(worked_together)  # once: a module is loaded once
