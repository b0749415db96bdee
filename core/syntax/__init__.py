"""What the syntax of a file says: definitions, faults, names that are bound and imported."""
