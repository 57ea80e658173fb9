"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.core.worker import HANDLERS, nightly
from app.publishing import operations
from app.publishing.views import bp

BLUEPRINTS = (bp,)
CLOCKWORK = (nightly(operations.check_all),)
HANDLERS[operations.KIND] = operations.freeze
HANDLERS[operations.CHECK] = operations.check
HANDLERS[operations.PUBLICATION] = operations.make
