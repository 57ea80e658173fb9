"""The two definitions (CR-16, CR-17) as pure functions, and what was published in 2006."""
