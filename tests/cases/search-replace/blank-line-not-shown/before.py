def load(paths):
    found = []
    for path in paths:
        if path.exists():
            found.append(path)

            break
    return found
