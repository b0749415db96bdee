def load(path):
    found = sorted(path.glob("*.txt"), key=by_name)
    return [each.read_text() for each in found]
