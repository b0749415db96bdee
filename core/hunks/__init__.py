"""Hunks: SEARCH/REPLACE, diffs and patches, placed by the lines they show."""
