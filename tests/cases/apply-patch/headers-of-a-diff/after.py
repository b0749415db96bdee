limit = 20
steps = 3
width = 80
