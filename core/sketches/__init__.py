"""Sketches: lazy snippets, aligned with a file and woven into it, or refused."""
