"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.core.worker import nightly
from app.milestones.operations import remind
from app.milestones.views import bp

BLUEPRINTS = (bp,)
CLOCKWORK = (nightly(remind),)
