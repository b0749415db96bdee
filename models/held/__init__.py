"""Held models: what a small model may answer, and what it is asked."""
