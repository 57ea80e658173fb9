"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.core.worker import nightly
from app.outcomes.operations import refresh_flags, remind, wake_flags
from app.outcomes.views import bp

BLUEPRINTS = (bp,)
CLOCKWORK = (nightly(remind), nightly(wake_flags), nightly(refresh_flags))
