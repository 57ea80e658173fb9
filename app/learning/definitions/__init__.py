"""Statistics of learning: rank correlation, scored forecasts, plans against what came. Pure; numpy comes in lazily."""
