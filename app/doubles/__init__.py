"""Doubles: proposals that look like another proposal, a project or another funder's award (DOUBLE_FUNDING)."""
