"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

import app.applications.models  # noqa: F401 - its tables belong to the schema
from app.applications.operations import at_closing, sweep_uploads, virus_found
from app.applications.views import bp
from app.applications.workflow import MACHINE
from app.core import worker

BLUEPRINTS = (bp,)
MACHINES = (MACHINE,)
CLOCKWORK = (at_closing, worker.nightly(sweep_uploads))
WHEN_INFECTED = (virus_found,)
