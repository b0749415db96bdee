a = 1
b = "y"
c = 3
