"""The production server's own parts."""
