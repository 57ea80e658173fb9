"""The demonstration: a synthetic portfolio that reproduces the published Phase I figures."""
