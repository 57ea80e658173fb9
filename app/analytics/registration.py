"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.analytics.operations import make_ahead
from app.analytics.views import bp

BLUEPRINTS = (bp,)
CLOCKWORK = (make_ahead,)
