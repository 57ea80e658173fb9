"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

import app.calls.models  # noqa: F401 - its tables belong to the schema
from app.calls.views import bp
from app.calls.workflow import MACHINE

BLUEPRINTS = (bp,)
MACHINES = (MACHINE,)
