"""Rules of the panel as data and pure functions: who reads what, mentions, the order and the times of an agenda."""
