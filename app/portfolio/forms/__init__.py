"""Forms of the portfolio. What is asked of it is no form: ``definitions.asked`` reads addresses."""
