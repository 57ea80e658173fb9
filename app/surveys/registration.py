"""What this feature gives to the composition root: BLUEPRINTS, COMMANDS (click) and CLOCKWORK (worker jobs)."""
