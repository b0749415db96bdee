"""Training the embedded model: tools of this repository, which need torch; no command uses them."""
