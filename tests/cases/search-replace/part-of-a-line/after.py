def load(path):
    found = sorted(path.rglob("*.txt"), key=by_name)
    return [each.read_text() for each in found]
