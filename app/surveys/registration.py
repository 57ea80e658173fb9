"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.surveys.operations import by_the_clock
from app.surveys.views import bp

BLUEPRINTS = (bp,)
CLOCKWORK = (by_the_clock,)
