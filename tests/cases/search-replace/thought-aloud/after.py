limit = 20
steps = 3
