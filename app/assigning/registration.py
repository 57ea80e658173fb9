"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.assigning.operations import remind, solve_plan
from app.assigning.operations.planning import KIND
from app.assigning.views import bp
from app.core.worker import HANDLERS, nightly

BLUEPRINTS = (bp,)
CLOCKWORK = (nightly(remind),)

HANDLERS[KIND] = solve_plan
