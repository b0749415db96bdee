"""The command ``eval``: cases through engines and models, counted and timed."""
