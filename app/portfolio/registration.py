"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.analytics.operations import AHEAD
from app.core.taken import HEARD
from app.portfolio.operations.watching import watch
from app.portfolio.queries.conditions import make_ahead
from app.portfolio.views import bp

BLUEPRINTS = (bp,)
HEARD.append(watch)
AHEAD.append(make_ahead)  # once: a module is loaded once
