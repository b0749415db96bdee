limit = 10
steps = 3
width = 80
