"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""

from app.agreements import workflow  # noqa: F401 - its models belong to the schema
