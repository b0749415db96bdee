"""What a check is made of: what an edit accounts for, what changed, what was left behind."""
