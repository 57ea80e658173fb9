"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.assigning.operations import solve_plan
from app.assigning.operations.planning import KIND
from app.core.worker import HANDLERS

HANDLERS[KIND] = solve_plan
