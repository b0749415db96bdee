"""Git hooks: no leftover of an edit is committed, and pending edit documents are applied."""
