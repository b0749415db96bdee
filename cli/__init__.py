"""The edge a person touches: terminal, files, git."""
