"""Mathematics of a round, without a database: calibrated scores, the choice under a budget, counted rates."""
