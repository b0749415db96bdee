"""The command ``bench``: how fast files are rewritten, contestant against contestant."""
