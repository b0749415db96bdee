"""The pure core: what was asked, where it goes, what comes out, and whether to believe it."""
