"""What lines of text say by themselves: space, brackets, markers, signs, what two texts share."""
