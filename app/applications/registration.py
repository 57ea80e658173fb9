"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

import app.applications.models  # noqa: F401 - its tables belong to the schema
from app.applications.operations import at_closing
from app.applications.views import bp
from app.applications.workflow import MACHINE

BLUEPRINTS = (bp,)
MACHINES = (MACHINE,)
CLOCKWORK = (at_closing,)
