def load(path):
    text = path.read_text()
    lines = text.splitlines()
    if not lines:
        return []
    return [line.strip() for line in lines]
