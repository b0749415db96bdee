def load(paths):
    found = []
    for path in paths:
        if path.is_file():
            found.append(path.resolve())

            break
    return found
