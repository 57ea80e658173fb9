"""Assignment, pure: the solver, the fit of topics, preferences as numbers, answers in words."""
