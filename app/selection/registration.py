"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.core.worker import HANDLERS
from app.selection.operations import make_calibration, solve_scenario
from app.selection.operations.calibrating import KIND as CALIBRATION
from app.selection.operations.scenarios import KIND as SCENARIO
from app.selection.views import bp

BLUEPRINTS = (bp,)
HANDLERS[CALIBRATION] = make_calibration
HANDLERS[SCENARIO] = solve_scenario
