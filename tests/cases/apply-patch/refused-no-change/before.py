limit = 10
steps = 3
